// How names sound, as people/rules/called.py says: what somebody types is compared without a network, too.
import { plainDigits } from "../ui/checks.js";
import { table } from "./names_table.js";

const all = (rules, text) => rules.reduce((word, [pattern, put]) => word.replace(pattern, put), text);
const compiled = (rules, flags = "gu") => rules.map(([pattern, put]) => [new RegExp(pattern, flags), put]);
const ARABIC = /[\u0600-\u06ff]/u;
const URDU = /[\u0621-\u06d3]/u;
const INDIC = /[\u0900-\u0d7f]/u;
const LETTER = "[\\p{L}\\p{N}_\\p{M}]";
const SPACED_COLON = new RegExp(`(?<=${LETTER}):(?=\\s+[\\p{L}\\p{N}_])`, "gu");
const TIGHT_COLON = new RegExp(`(^|[^\\p{L}\\p{N}_\\p{M}])(${LETTER}{1,5}):(?=[\\p{L}\\p{N}_])`, "gu");
const SIGNS = new RegExp(`[${table.signs.replace(/[\]\\^-]/g, "\\$&")}(),،‐-―-]`, "gu");
const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}]|\p{M})*/gu;
const NO_LETTER = [/[^\p{L}\p{N}]/gu, new RegExp(`[^\\p{L}\\p{N}${table.vowelSigns}]`, "gu")];
const SPELT = compiled(table.spelt);
const READINGS = compiled(table.readings);
const TITLES = new Set(table.titles);
const ARTICLE = new RegExp(`^(?:${table.article})$`, "u");
const ARTICLE_SOUND = new RegExp(`^(?:${table.articleSound})$`, "u");

// People whose keyboard has no sign that shortens a word write a zero.
const shortened = (both, letter, digit) => (/[^\0-\x7f]/.test(letter) && /[\p{L}\p{M}]/u.test(letter) && plainDigits(digit) === "0" ? `${letter} ` : both);

function written(text) {
  const small = text.normalize("NFKC").toLowerCase().replace(/ß/gu, "ss").replace(/[\u200c\u200d]/g, "");
  const apart = small.replace(SPACED_COLON, " ").replace(TIGHT_COLON, "$1$2 ").replace(/(.)(\p{Nd})(?!\p{Nd})/gu, shortened);
  return apart.replace(SIGNS, " ").split(/\s+/u).filter(Boolean);
}

function latin(word, n) {
  const [marks, letters, single, several, virama, longest] = table.scripts[n];
  const text = [...word].map((each) => table.finals[each] ?? each).join("").replace(/ੱ(.)/gu, "$1੍$1");
  let put = "";
  let open = false; // a consonant sounds with an a, unless a sign follows
  for (let i = 0; i < text.length; ) {
    let token = text.slice(i, i + longest);
    while (token.length > 1 && !(token in letters)) token = token.slice(0, -1);
    if (token.length === 1 && token in marks) put += marks[token];
    else if (!virama.includes(token)) put += (open ? "a" : "") + (letters[token] ?? token);
    open = token.length === 1 ? single.includes(token) : several.includes(token);
    i += token.length;
  }
  if (open) put += "a";
  if (n === table.tamil) put = put.replace(/jh/gu, "s");
  put = put.replace(/ँ/gu, "ṃ").replace(/ṃh/gu, "ngh").replace(/[~ṃ](?=[pbm])/gu, "m").replace(/[~ṃ]/gu, "n");
  return put.replace(/jñ/gu, "gy").replace(/ḥ/gu, "").replace(/ṛ/gu, "ri").replace(/c/gu, "ch");
}

function urdu(word) {
  const read = [...word].map((letter) => table.urdu[letter] ?? letter).join("").replace(/^ah/u, "h").replace(/(?<!a)ah$/u, "a");
  return read.replace(/(?<=[^ai])W(?!i|a(?!h))/gu, "u").replace(/W/gu, "v");
}

function folded(word) {
  const letter = INDIC.exec(word);
  let text = letter ? latin(word, Math.floor((letter[0].codePointAt(0) - 0x900) / 0x80)) : word;
  text = text.normalize("NFKD").replace(NO_LETTER[letter ? 0 : 1], "");
  if (URDU.test(text)) text = urdu(text);
  if (/^\p{Nd}+$/u.test(text)) return text.replace(/^0+(?=.)/u, "").slice(0, 32);
  if (text.length > 2 && new Set(text).size === 1) return text.slice(0, 32);
  return all(SPELT, text).slice(0, 32);
}

const fold = (text) =>
  text.slice(0, 1000).split(/\s+/u).filter(Boolean).slice(0, 24).flatMap((chunk) => {
    const small = plainDigits(chunk.normalize("NFKC").toLowerCase()).replace(/['’`´.]|\p{Cf}/gu, "");
    return (small.match(WORD) ?? []).map(folded).filter(Boolean);
  }).slice(0, 24);

const sounding = (text) => fold(text).map((sound) => sound.replace(/b/gu, "v"));

const skeleton = (sound) => (sound.slice(0, 1) + sound.slice(1).replace(/[iu]/g, "")).replace(/^[iu]/, "a").replace(/(?<=...)h$/u, "");

function isArticle(word, following) {
  if ([...word].length > 2 && !ARTICLE.test(word)) return false;
  const sound = ARTICLE_SOUND.exec(fold(word).join(""));
  return sound !== null && (sound[1] === "l" || fold(following).join("").startsWith(sound[1]));
}

// Two typed words as one; nothing where the seam is one letter twice, which is written once.
function asOneWord(word, following) {
  const [a, b, both] = [word, following, word + following].map(sounding);
  const isHeard = a.length && b.length && both.length === 1 && a[a.length - 1].slice(-1) !== b[0][0];
  return isHeard ? both[0] : "";
}

// The beginnings of what each typed word may mean.
export function askedSounds(text) {
  const spoken = written(text);
  while (spoken.length > 1 && TITLES.has(spoken[0])) spoken.shift();
  const words = spoken.filter((word, n) => n === 0 || n === spoken.length - 1 || !isArticle(word, spoken[n + 1]));
  const joined = words.slice(1).map((word, n) => asOneWord(words[n], word));
  const wanted = words.flatMap((word, n) => {
    const asOne = [joined[n - 1], joined[n]].filter(Boolean);
    const more = READINGS.map(([pattern, put]) => word.replace(pattern, put)).filter((read) => read !== word);
    const read = [word, ...(Object.prototype.hasOwnProperty.call(table.long, word) ? [table.long[word]] : []), ...more]
      .map(sounding)
      .filter((heard) => heard.length);
    const least = read.length ? Math.min(...read.map((heard) => heard.length)) : 0;
    return Array.from({ length: least }, (_, at) => [
      ...read.flatMap((heard) => {
        const bones = skeleton(heard[at]);
        return [heard[at], `~${bones}.`, ...(ARABIC.test(word) || bones.length > 2 ? [`=${bones}.`] : [])];
      }),
      ...asOne,
    ]);
  });
  return wanted.slice(0, table.most);
}

// sounds: every word that a name is found by, as the server wrote them.
export function isCalled(sounds, text) {
  const wanted = askedSounds(text);
  return wanted.length > 0 && wanted.every((ways) => sounds.some((sound) => ways.some((way) => sound.startsWith(way))));
}

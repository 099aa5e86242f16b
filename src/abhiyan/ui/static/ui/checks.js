// What a form checks, on this phone: the declaration of the server's own form (ui/checks.py), in the same words.
// The server checks again what arrives. What needs its database, it checks alone.

const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"; // as Python's \s
const EDGES = new RegExp(`^${SPACE}+|${SPACE}+$`, "gu");
const SPACES = new RegExp(`${SPACE}+`, "gu");
const DIGIT = /^\p{Nd}$/u;
const strip = (text) => text.replace(EDGES, "");
const length = (text) => Array.from(text).length;

// A letter, its sign or a digit.
const SIGN = "(?:(?![\\u034f\\u180b-\\u180d\\u180f\\ufe00-\\ufe0f])[\\p{L}\\p{M}\\p{N}_])";
const SPACED_COLON = new RegExp(`(${SIGN}):(?= +[\\p{L}\\p{N}_])`, "gu");
const TIGHT_COLON = new RegExp(`(^|(?!${SIGN})[^])(${SIGN}{1,5}):(?=[\\p{L}\\p{N}_])`, "gu");

// A name without the colons and zeros that shorten a word (core/letters.py).
function withoutShortening(name) {
  const plain = name.replace(SPACED_COLON, "$1").replace(TIGHT_COLON, "$1$2");
  return plain.replace(/([^])(\p{Nd})(?!\p{Nd})/gu, (all, before, digit) => {
    const isShortened = /^(?![A-Za-z])[\p{L}\p{M}]$/u.test(before) && plainDigits(digit) === "0";
    return isShortened ? before : all;
  });
}

// Digits of every script as 0 to 9. Each script has its ten in a row.
export function plainDigits(text) {
  return text.replace(/(?![0-9])\p{Nd}/gu, (digit) => {
    let n = 0;
    const at = digit.codePointAt(0);
    while (DIGIT.test(String.fromCodePoint(at - n - 1))) n += 1;
    return String(n % 10);
  });
}

// Words for large numbers, as core/numbers.py has them.
export const TIMES = { thousand: 1e3, k: 1e3, "हज़ार": 1e3, "हजार": 1e3, lakh: 1e5, lakhs: 1e5, lac: 1e5, lacs: 1e5, l: 1e5, "लाख": 1e5, million: 1e6, millions: 1e6, crore: 1e7, crores: 1e7, cr: 1e7, "करोड़": 1e7, "करोड": 1e7, billion: 1e9, billions: 1e9, "अरब": 1e9 };
const WORDS = new Map(Object.entries(TIMES).map(([word, times]) => [word.normalize("NFC"), times]));

// "1.5 lakh", "3 lakh 25 thousand" in digits; null if it is none, undefined if its commas are in the wrong places.
function amount(typed) {
  const plain = typed.normalize("NFC");
  if (Array.from(plain).length > 60) return null;
  let rest = plain.replace(/^[-+]/, "");
  let [whole, above, hasWord] = [0, 0, false];
  while (rest) {
    const part = /^([0-9][0-9,]*)(?:\.([0-9]+))? ?([^0-9\s.,+-]*)\.? ?/.exec(rest);
    const times = part && (part[3] ? WORDS.get(part[3].toLowerCase()) : 1);
    if (!times || (above && times >= above)) return null;
    const head = wholeNumber(part[1]);
    if (head === undefined) return undefined;
    const decimals = part[2] || "";
    const scaled = Number(`${head}${decimals}`) * times;
    const n = scaled / 10 ** decimals.length;
    if (!Number.isInteger(n) || (above && n >= above)) return null;
    [whole, above, hasWord] = [whole + n, times, hasWord || times > 1];
    rest = rest.slice(part[0].length);
  }
  if (!hasWord) return null;
  return plain.startsWith("-") ? -whole : whole;
}

// A whole number as people type it; null if it is none, undefined if its commas are in the wrong places.
// hasZeros: 12.0 is 12, as Django reads it.
function wholeNumber(typed, hasZeros = false) {
  const text = strip(plainDigits(typed).replace(SPACES, " ")).replace(/, /g, ",");
  const said = /\p{L}/u.test(text) ? amount(text) : null;
  if (said !== null) return said;
  const bare = text.replace(/[, ]/g, "");
  if (bare !== text && /^[+-]*[0-9]+$/.test(bare)) {
    if (!/^[-+]?(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]{1,2}(?:[, ][0-9]{2})*[, ][0-9]{3})$/.test(text)) return undefined;
    return /^[+-]?[0-9]+$/.test(bare) ? Number(bare) : null;
  }
  const plain = hasZeros ? strip(plainDigits(typed)).replace(/\.0*$/, "") : text;
  return /^[+-]?[0-9]+(?:_[0-9]+)*$/.test(plain) ? Number(plain.replace(/_/g, "")) : null;
}

function decimalNumber(typed) {
  const text = strip(plainDigits(typed).replace(/,/g, ""));
  const digits = "[0-9]+(?:_[0-9]+)*";
  const written = new RegExp(`^[+-]?(?:${digits}\\.?(?:${digits})?|\\.${digits})(?:[eE][+-]?${digits})?$`);
  const found = written.test(text) ? Number(text.replace(/_/g, "")) : NaN;
  return Number.isFinite(found) ? Number(found.toFixed(4)) : null;
}

// A day as people write it, as 2026-11-25; null if it is none.
function dayWritten(typed) {
  const text = strip(plainDigits(typed));
  const first = /^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})$/.exec(text);
  const last = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/.exec(text);
  if (!first && !last) return null;
  const [year, month, day] = (first ? [first[3], first[2], first[1]] : [last[1], last[2], last[3]]).map(Number);
  const days = [31, year % 4 || (year % 100 === 0 && year % 400) ? 28 : 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days[month - 1]) return null;
  return iso(year, month, day);
}

const iso = (year, month, day) => `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;

// The present day: by this phone, or as a page of the field counts it (ui/days.js).
let dayHere = () => {
  const now = new Date();
  return iso(now.getFullYear(), now.getMonth() + 1, now.getDate());
};
export const countBy = (today) => (dayHere = today);

// The day it is here, and so many days later. A page is never older than the day it was made on.
function dayFrom(bound, today) {
  if (typeof bound !== "number") return bound;
  const [year, month, day] = (dayHere() > today ? dayHere() : today).split("-").map(Number);
  const then = new Date(year, month - 1, day + bound);
  return iso(then.getFullYear(), then.getMonth() + 1, then.getDate());
}

// A year of birth, or an age: { year, age }; null if it cannot be read (enrolment/rules/age.py birth_said).
export function birthSaid(typed, { ways, year, oldest }) {
  const text = strip(plainDigits(typed));
  const bare = text.replace(SPACES, "");
  if (/^[0-9]{4}$/.test(bare)) return { year: Number(bare), age: null };
  const whole = (pattern, flags = "u") => new RegExp(`^(?:${pattern})$`, flags).exec(text);
  const date = whole(ways.date);
  if (date) return { year: Number(date[1] || date[2]), age: null };
  if (year === null) return null;
  const now = thisYear(year);
  const short = whole(ways.short);
  if (short) {
    const [low, high] = [Number(short[1]), Number(short[2])].sort((a, b) => a - b);
    if (low < 1 || low > 12 || high > 31) return null;
    return { year: now - ((((now - Number(short[3])) % 100) + 100) % 100), age: null };
  }
  const said = whole(ways.age, "iu");
  const age = said ? Number(said[1]) : 0;
  return age > 0 && age <= oldest ? { year: now - age, age } : null;
}

// The present year, and never before the one in which the page was made.
export const thisYear = (year) => Math.max(year, Number(dayHere().slice(0, 4)));

// --- fields: each says { value, faults }, and null for a value that is no good ---

const good = (value) => ({ value, faults: [] });
const bad = (words) => ({ value: null, faults: [words] });
const lastOf = (values) => (values.length ? values[values.length - 1] : "");

const LIMITS = {
  nul: (value) => String(value).includes("\0"),
  longest: (value, n) => length(value) > n,
  shortest: (value, n) => length(value) < n,
  least: (value, n) => value < n,
  most: (value, n) => value > n,
};

// A value of a field of Django: needed, then within its limits, and each broken limit is said.
function limited(check, value) {
  if (value === "" || value === null) return check.required ? bad(check.required) : good(value === "" ? "" : null);
  const broken = check.limits.filter(({ kind, n }) => LIMITS[kind](value, n));
  const faults = broken.map(({ words }) => words.replace("{n}", String(length(String(value)))));
  return faults.length ? { value: null, faults } : good(value);
}

// A number, text or day of a question, within its two limits.
function within(check, value, size = value) {
  const [least, most] = check.limits;
  if (most !== null && size > most) return bad(check.words.most);
  return least !== null && size < least ? bad(check.words.least) : good(value);
}

const FIELDS = {
  text: (check, values) => limited(check, check.strip ? strip(lastOf(values)) : lastOf(values)),
  flag(check, values) {
    const is = !/^(false)?$/i.test(lastOf(values));
    return check.required && !is ? bad(check.required) : good(is);
  },
  choice(check, values) {
    const value = lastOf(values);
    if (!value) return check.required ? bad(check.required) : good("");
    return check.choices.includes(value) ? good(value) : bad(check.invalid.replace("{n}", value));
  },
  several: (check, values) => (!values.length && check.required ? bad(check.required) : good(values)),
  whole(check, values) {
    if (!strip(lastOf(values))) return limited(check, null);
    const number = wholeNumber(lastOf(values), true);
    if (number === undefined) return bad(check.misgrouped);
    return number === null ? bad(check.invalid) : limited(check, number);
  },
  day(check, values) {
    if (!strip(lastOf(values))) return check.required ? bad(check.required) : good(null);
    const day = dayWritten(lastOf(values));
    if (day === null) return bad(check.invalid);
    const isOutside = check.today && (day < dayFrom(check.first, check.today) || day > dayFrom(check.last, check.today));
    return isOutside ? bad(check.outside) : good(day);
  },
  name(check, values) {
    const text = lastOf(values);
    if (!strip(text)) return check.missing ? bad(check.missing) : good("");
    const signs = new Set(check.signs);
    const kept = strip(text.normalize("NFC").replace(SPACES, " ").replace(/(?![\u200c\u200d])\p{C}/gu, "")).replace(/ +/g, " ");
    const letters = Array.from(withoutShortening(kept.replace(/ @ /g, " ")));
    const isName = /\p{L}/u.test(kept) && letters.every((c) => signs.has(c) || /[\p{L}\p{M}]/u.test(c));
    return isName && length(text) <= 4 * check.longest && length(kept) <= check.longest ? good(kept) : bad(check.invalid);
  },
  phone(check, values) {
    const text = lastOf(values);
    if (!strip(text) && !check.needed) return good("");
    const between = new Set(check.between);
    let plain = Array.from(plainDigits(text)).filter((c) => !between.has(c)).join("");
    if (plain.startsWith("00")) plain = `+${plain.slice(2)}`;
    const isOther = /^\+[0-9]+$/.test(plain) && !plain.startsWith("+91");
    if (isOther && check.abroad) return bad(check.abroad);
    if (isOther && length(text) <= check.longest) return good(plain);
    if (length(text) <= check.longest && new RegExp(`^(?:${check.pattern})$`).test(indian(plain))) return good(plain);
    const n = Array.from(text).filter((c) => DIGIT.test(c)).length;
    return bad(check.few[n] || check.invalid);
  },
  birth_year(check, values) {
    if (!strip(lastOf(values))) return check.missing ? bad(check.missing) : good(null);
    const said = birthSaid(lastOf(values), check);
    if (!said) return bad(check.invalid);
    if (check.year === null) return good(said.year);
    const years = thisYear(check.year) - said.year;
    return years < 0 || years > check.oldest ? bad(check.invalid) : good(said.year);
  },
  ask_whole: (check, values) => question(check, values, wholeNumber),
  ask_decimal: (check, values) => question(check, values, decimalNumber),
  ask_day: (check, values) => question(check, values, dayWritten),
  ask_text(check, values) {
    const text = strip(lastOf(values));
    if (!text) return missing(check);
    return text.includes("\0") ? bad(check.words.invalid) : within(check, text, length(text));
  },
  ask_one(check, values) {
    if (!strip(lastOf(values))) return missing(check);
    return check.choices.includes(lastOf(values)) ? good(lastOf(values)) : bad(check.words.invalid);
  },
  ask_yes_no: (check, values) => FIELDS.ask_one(check, values),
  ask_several(check, values) {
    if (!values.length) return missing(check);
    if (!values.every((one) => check.choices.includes(one))) return bad(check.words.invalid);
    const chosen = check.choices.filter((one) => values.includes(one));
    return within(check, chosen, chosen.length);
  },
  ask_place(check, values) {
    const text = plainDigits(lastOf(values));
    if (!strip(text)) return missing(check);
    const number = (most) => `(-?[0-9]{1,${most}}(?:\\.[0-9]{1,12})?)`;
    const place = `^${SPACE}*${number(2)}(?:[,;]|${SPACE})+${number(3)}(?:${SPACE}*±${SPACE}*([0-9]{1,5})[^0-9]{0,3})?${SPACE}*$`;
    const found = new RegExp(place, "u").exec(text);
    if (!found || Math.abs(found[1]) > 90 || Math.abs(found[2]) > 180) return bad(check.words.invalid);
    const fault = placeFault(Number(found[1]), Number(found[2]));
    return fault ? bad(check.words[fault]) : good(text);
  },
  ask_note: () => good(null), // words alone, with a condition
  ask_picture: (check, values) => (values.length ? good(values) : missing(check)),
};

const missing = (check) => (check.required ? bad(check.required) : good(null));

function question(check, values, read) {
  if (!strip(lastOf(values))) return missing(check);
  const value = read(lastOf(values));
  return value === null || value === undefined ? bad(check.words.invalid) : within(check, value);
}

// What is wrong with a place, as core/places.py says it; "" for a place in this country.
const COUNTRY = { south: 6, north: 38, west: 68, east: 98 };
function placeFault(lat, lon) {
  const isIn = (one, other) => one >= COUNTRY.south && one <= COUNTRY.north && other >= COUNTRY.west && other <= COUNTRY.east;
  if (isIn(lat, lon)) return "";
  if (Math.abs(lat) < 0.01 && Math.abs(lon) < 0.01) return "place_zero";
  return isIn(lon, lat) ? "place_swapped" : "place_abroad";
}

// The ten digits of a number without the way it was dialled: +91, 91 or 0 before them.
function indian(plain) {
  const without0 = (digits) => (digits.startsWith("0") ? digits.slice(1) : digits);
  if (plain.startsWith("+91")) return without0(plain.slice(3));
  if (plain.startsWith("91") && plain.length > 11) return without0(plain.slice(2));
  return without0(plain);
}

// Whether a field is asked, by the answers before it (forms/rules/questions.py is_asked; CheckedForm.asked_if).
function isAsked(check, answers) {
  if (!check.when) return true;
  const { key, op, value } = check.when;
  const given = answers[key];
  if (op === "in") return value.includes(given);
  if (given === undefined || given === null) return false;
  if (Array.isArray(given)) return given.includes(value) === (op === "=");
  if (typeof given === "string") return (given === value) === (op === "=");
  const wanted = Number(value);
  return { "=": given === wanted, "!=": given !== wanted, "<": given < wanted, "<=": given <= wanted, ">": given > wanted, ">=": given >= wanted }[op];
}

const isEmpty = (value) => value === null || value === undefined;
const RULES = {
  needed_with: ({ field, other }, { given, faults }) => !isEmpty(given[other]) && isEmpty(given[field]) && !faults[field],
  any_of: ({ field, others }, { given, faults }) =>
    !Object.keys(faults).length && [field, ...others].every((each) => isEmpty(given[each]) || given[each].length === 0),
  part_of: ({ field, other }, { given }) => !isEmpty(given[field]) && !isEmpty(given[other]) && given[field] > given[other],
};

// One declaration against what was typed: [[name, value], …] as the browser sends them.
export function judged(declaration, typed) {
  const { prefix, fields, rules, clip } = declaration;
  const clipped = (value) => (clip && value.length > clip ? Array.from(value).slice(0, clip).join("") : value);
  const told = { given: {}, faults: {}, asked: new Set(), minor: "" };
  for (const check of fields) {
    if (!isAsked(check, told.given)) continue;
    told.asked.add(check.name);
    const values = typed.filter(([name]) => name === prefix + check.name).map(([, value]) => clipped(value));
    const { value, faults } = FIELDS[check.kind](check, values);
    if (faults.length) told.faults[check.name] = faults;
    else told.given[check.name] = value;
    if (check.kind === "birth_year") told.minor = minorSaid(check, lastOf(values), typed);
  }
  for (const rule of rules) if (RULES[rule.kind](rule, told)) (told.faults[rule.field] = told.faults[rule.field] || []).push(rule.words);
  return told;
}

// Who turns 18 this year counts by their own word alone. An age of 18 or more is that word.
function minorSaid(check, text) {
  const said = check.year === null || check.minimum === null ? null : birthSaid(text, check);
  if (!said) return "";
  const years = thisYear(check.year) - said.year;
  if (years < 0 || years > check.oldest || years > check.minimum) return "";
  return years === check.minimum && said.age !== null && said.age >= check.minimum ? "" : check.minor;
}

export const declarations = (form) => Array.from(form.querySelectorAll('script[type="application/json"]'), (one) => JSON.parse(one.textContent));

// What keeps a form from being kept: the words at each field by its name, all of them together, and those of a minor,
// of whom nothing may stay. pictures: names of fields whose picture this phone has.
export function faults(form, typed, pictures = []) {
  const told = { errors: {}, why: "", minor: "" };
  const chosen = Array.from(form.elements).filter((field) => field.type === "file" && field.files.length);
  const given = typed.concat(pictures.concat(chosen.map(({ name }) => name)).map((name) => [name, "picture"]));
  const said = [];
  for (const declaration of declarations(form)) {
    const { faults: found, minor } = judged(declaration, given);
    told.minor = told.minor || minor;
    for (const [name, words] of Object.entries(found)) {
      const { label } = declaration.fields.find((one) => one.name === name);
      told.errors[declaration.prefix + name] = words.join(" ");
      said.push(...words.map((each) => (label ? `${label}: ${each}` : each)));
    }
  }
  told.why = said.join(" ");
  return told;
}

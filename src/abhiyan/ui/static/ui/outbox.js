// Records on this phone, until the server has them: draft, finished, sent; or refused, mended and finished again.
// Until it is sent a finished record may be opened, mended and dropped. Never while a tab sends it.
import { openDB } from "./built/idb.js";
import { about, SENT } from "./reader.js";

const WEEK = 7 * 86400000; // ms; so long the phone knows what it sent
const MOST = 300; // of them
const TIRED = 3; // refusals of the server in a row, after which it is left alone for a while
const later = new EventTarget();
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("field") : null;
if (tabs) tabs.onmessage = () => later.dispatchEvent(new Event("change"));

// null where the browser keeps nothing, or where two tabs cannot agree: forms are then sent as without script.
export let db = null;
export const opened = open().then(
  (base) => (db = base),
  () => null,
);

async function open() {
  if (!isSecureContext || !navigator.locks) throw new Error("no safe place");
  return openDB("field", 1, {
    upgrade(made) {
      made.createObjectStore("records", { keyPath: "key" });
      made.createObjectStore("pictures", { keyPath: ["key", "n"] });
    },
  });
}

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  const version = `4${hex.slice(13, 16)}-a${hex.slice(17, 20)}`; // as RFC 9562 marks a key that was drawn
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}-${hex.slice(20)}`;
}

// Those of the account that reads this page, the oldest first. Another account's stay until it signs in.
export async function mine() {
  const all = db ? await db.getAll("records") : [];
  return all.filter((one) => one.by === about.who).sort((a, b) => a.made - b.made);
}

export const recordOf = (key) => db.get("records", key);

// Another tab changed something, or this one did.
export function onChange(act) {
  later.addEventListener("change", act);
}

function changed() {
  later.dispatchEvent(new Event("change"));
  if (tabs) tabs.postMessage("change");
}

export async function save(one, pictures = []) {
  const all = db.transaction(["records", "pictures"], "readwrite", { durability: "strict" });
  for (const each of pictures) all.objectStore("pictures").put(each);
  all.objectStore("records").put(one);
  await all.done;
  changed();
}

export async function remove(key) {
  const all = db.transaction(["records", "pictures"], "readwrite", { durability: "strict" });
  all.objectStore("records").delete(key);
  all.objectStore("pictures").delete(IDBKeyRange.bound([key, 0], [key, 1000]));
  await all.done;
  changed();
}

// --- whose a record is: one tab writes or sends it at a time ---

const held = new Set(); // keys this tab holds until it closes
const written = new Set(); // those of them that are not finished here

export function take(key) {
  return new Promise((told) =>
    navigator.locks.request(`record ${key}`, { ifAvailable: true }, (lock) => {
      if (lock) held.add(key) && written.add(key);
      told(lock !== null);
      return lock && new Promise(() => {});
    }),
  );
}

export const finish = (key) => written.delete(key);
export const reopen = (key) => written.add(key);

// Do something with a record that nobody writes or sends. null: somebody does.
async function alone(key, act) {
  if (written.has(key)) return null;
  if (held.has(key)) return act();
  return navigator.locks.request(`record ${key}`, { ifAvailable: true }, (lock) => lock && act());
}

// False where another tab has the record open, or sends it.
export const drop = async (key) => (await alone(key, () => remove(key).then(() => true))) === true;

// --- sending ---

export function refusedBy(told) {
  const errors = told.errors ?? (told.field ? { [told.field]: told.message } : {});
  return { state: "refused", why: told.message, errors, asks: told.asks ?? "", tried: false };
}

// One tab sends at a time. waits: until the other tab has done so. each: what came of a record, by its key. wait: why
// what is left did not go: "network", "server" (later), "signIn", or "stuck" where this browser cannot send it.
export async function sendAll(waits = false) {
  const sent = { each: {} };
  if (db) await navigator.locks.request("outbox", { ifAvailable: !waits }, (lock) => lock && sendEach(sent));
  return sent;
}

async function sendEach(sent) {
  const all = await mine();
  const behind = new Set(all.filter((one) => one.state === "refused").map((one) => one.thing));
  let tired = 0;
  for (const { key, thing, state, kind, title } of all) {
    if (state !== "final") continue;
    const told = behind.has(thing) ? { wait: "behind" } : await alone(key, () => sendNow(key));
    if (told) sent.each[key] = { ...told, name: `${kind}: ${title}` };
    if (!told || told.wait) behind.add(thing);
    if (!told || told.wait === "behind") continue;
    if (told.wait) sent.wait = told.wait;
    if (told.wait === "server" ? ++tired === TIRED : told.wait === "network" || told.wait === "signIn") return;
    if (!told.wait) tired = 0;
    if (told.code && !told.forget) behind.add(thing);
  }
}

async function sendNow(key) {
  const one = await recordOf(key);
  if (!one || one.state !== "final") return null; // meanwhile it was sent, dropped or opened
  let told;
  try {
    told = await sendOne(one);
  } catch {
    return { wait: "stuck" };
  }
  if (told.kept) noteSent(one.kind); // first: once it is gone the other tabs read both lists
  if (told.kept || told.forget) await remove(key);
  else if (!told.wait) await save({ ...one, ...refusedBy(told) });
  return told;
}

async function sendOne(one, isAgain = false) {
  const own = { key: one.key, by: one.by };
  const numbers = new Set(Object.values(one.pictures));
  for (const each of await db.getAll("pictures", IDBKeyRange.bound([one.key, 0], [one.key, 1000]))) {
    if (!numbers.has(each.n) || (each.sent && !isAgain)) continue;
    const told = await post({ ...own, n: each.n, picture: each.blob });
    if (!told.kept) return told;
    await db.put("pictures", { ...each, sent: true }).catch(() => {}); // a full phone sends it once more
  }
  if (!one.tried) await db.put("records", { ...one, tried: true }).catch(() => {}); // now it may arrive
  const told = await post({
    ...own,
    record: one.record,
    page: one.page,
    form: new URLSearchParams(one.fields),
    pictures: new URLSearchParams(one.pictures),
    age: Math.round((Date.now() - one.done) / 1000),
  });
  return told.code === "pictures_missing" && !isAgain ? sendOne(one, true) : told;
}

// wait: nothing is known, or later; the same is sent again. Only our own JSON says that something is kept.
async function post(fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value instanceof Blob ? value : String(value));
  const headers = { "X-Abhiyan-Field": "1", Accept: "application/json" };
  const late = new AbortController();
  const clock = setTimeout(() => late.abort(), 60000);
  const request = { method: "POST", body, headers, redirect: "error", signal: late.signal };
  const answer = await fetch(about.send, request).catch(() => null);
  const told = answer && (await answer.json().catch(() => null));
  clearTimeout(clock);
  if (told && answer.ok && told.kept) return told;
  if (answer && answer.status >= 500) return { wait: "server" };
  if (!told || !told.code) return { wait: "network" }; // nothing, or the page of a strange network
  if ([408, 425, 429].includes(answer.status)) return { wait: "server" };
  if (answer.status !== 403) return told;
  const now = await fetch(about.keep).catch(() => null); // who is signed out is led to a page of its own
  return now && !now.redirected ? told : { wait: now ? "signIn" : "network" };
}

// --- what was sent: its kind and when, for a week; no name and no number. It goes when the account is signed out ---

export function sentLately() {
  try {
    const all = JSON.parse(localStorage.getItem(SENT) ?? "[]");
    return all.filter((one) => one.by === about.who && Date.now() - one.at < WEEK);
  } catch {
    return [];
  }
}

function noteSent(kind) {
  const all = [...sentLately(), { by: about.who, kind, at: Date.now() }];
  try {
    localStorage.setItem(SENT, JSON.stringify(all.slice(-MOST)));
  } catch {
    // a full phone knows less of what it sent
  }
}

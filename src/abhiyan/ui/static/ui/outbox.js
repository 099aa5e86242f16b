// Records on this phone, until the server has them: draft, finished, sent; or refused, mended and finished again.
import { openDB } from "./built/idb.js";
import { about } from "./reader.js";

// null where the browser keeps nothing: forms are then sent as without script.
export const db = await open().catch(() => null);
const later = new EventTarget();

function open() {
  if (!isSecureContext || !navigator.locks) return Promise.reject(new Error("no safe place"));
  return openDB("field", 1, {
    upgrade(made) {
      made.createObjectStore("records", { keyPath: "key" });
      made.createObjectStore("pictures", { keyPath: ["key", "n"] });
    },
  });
}

// Those of the account that reads this page, the oldest first. Another account's stay until it signs in.
export async function mine() {
  const all = db ? await db.getAll("records") : [];
  return all.filter((one) => one.by === about.who).sort((a, b) => a.made - b.made);
}

export function onChange(act) {
  later.addEventListener("change", act);
}

export async function save(one, pictures = []) {
  const all = db.transaction(["records", "pictures"], "readwrite", { durability: "strict" });
  for (const each of pictures) all.objectStore("pictures").put(each);
  all.objectStore("records").put(one);
  await all.done;
  later.dispatchEvent(new Event("change"));
}

export async function remove(key) {
  const all = db.transaction(["records", "pictures"], "readwrite", { durability: "strict" });
  all.objectStore("records").delete(key);
  all.objectStore("pictures").delete(IDBKeyRange.bound([key, 0], [key, 1000]));
  await all.done;
  later.dispatchEvent(new Event("change"));
}

// A record is written in one tab at a time, until that tab closes. Another tab begins a record of its own.
export function isOwn(key) {
  return new Promise((told) =>
    navigator.locks.request(`record ${key}`, { ifAvailable: true }, (lock) => {
      told(lock !== null);
      return lock && new Promise(() => {});
    }),
  );
}

export function refusedBy(told) {
  const errors = told.errors ?? (told.field ? { [told.field]: told.message } : {});
  return { state: "refused", why: told.message, errors };
}

// One tab sends at a time. What came of each record of this call, by key. waits: until the other tab has done so.
export async function sendAll(waits = false) {
  const came = {};
  if (db) await navigator.locks.request("outbox", { ifAvailable: !waits }, (lock) => lock && sendEach(came));
  return came;
}

async function sendEach(came) {
  const all = await mine();
  const held = new Set(all.filter((one) => one.state === "refused").map((one) => one.thing));
  for (const one of all) {
    if (one.state !== "final" || held.has(one.thing)) continue;
    const told = (came[one.key] = await sendOne(one));
    if (told.wait) return;
    if (told.kept || told.forget) await remove(one.key);
    else {
      held.add(one.thing);
      await save({ ...one, ...refusedBy(told) });
    }
    if (told.kept) localStorage.setItem("field-sent", String(Date.now()));
  }
}

async function sendOne(one, isAgain = false) {
  const own = { key: one.key, by: one.by };
  const numbers = new Set(Object.values(one.pictures));
  for (const each of await db.getAll("pictures", IDBKeyRange.bound([one.key, 0], [one.key, 1000]))) {
    if (!numbers.has(each.n) || (each.sent && !isAgain)) continue;
    const told = await post({ ...own, n: each.n, picture: each.blob });
    if (!told.kept) return told;
    await db.put("pictures", { ...each, sent: true });
  }
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
  try {
    const signal = AbortSignal.timeout(60000);
    const answer = await fetch(about.send, { method: "POST", body, headers, redirect: "error", signal });
    const told = await answer.json();
    if (answer.ok && told.kept) return told;
    if (!told.code || answer.status >= 500 || [408, 425, 429].includes(answer.status)) return { wait: true };
    if (answer.status === 403 && (await fetch(about.keep)).redirected) return { wait: true, signIn: true };
    return told;
  } catch {
    return { wait: true };
  }
}

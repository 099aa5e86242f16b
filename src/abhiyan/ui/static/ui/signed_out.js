// A sign-in page: where nobody is signed in, copies go. It says whose records this phone has not sent.
import { openDB } from "./built/idb.js";
import { forgetCopies } from "./reader.js";

const place = document.getElementById("left-here");

async function isSignedOut() {
  const answer = await fetch(place.dataset.keep, { redirect: "manual" }).catch(() => null);
  return answer !== null && (answer.type === "opaqueredirect" || answer.status === 403);
}

async function unsent() {
  const there = (await globalThis.indexedDB?.databases?.()) ?? [{ name: "field" }];
  if (!there.some((one) => one.name === "field")) return [];
  const db = await openDB("field");
  return db.objectStoreNames.contains("records") ? db.getAll("records") : [];
}

async function show() {
  const holders = new Map();
  for (const one of await unsent()) holders.set(one.by, [...(holders.get(one.by) ?? []), one]);
  const rows = [...holders.values()].map((records) => {
    const row = document.getElementById("left-record").content.cloneNode(true);
    const begun = records.filter((one) => one.state === "draft").length;
    row.querySelector("b").textContent = records.find((one) => one.holder)?.holder ?? place.dataset.somebody;
    row.querySelector(".n").textContent = records.length - begun;
    row.querySelector(".begun").textContent = begun;
    return row;
  });
  place.querySelector("ul").textContent = "";
  place.querySelector("ul").append(...rows);
  place.hidden = rows.length === 0;
}

isSignedOut()
  .then((is) => is && forgetCopies())
  .then(show)
  .catch(() => {})
  .then(() => (document.documentElement.dataset.signedOut = "ready"));

// The account that reads field pages in this browser, and how what was kept for it is forgotten.
export const about = document.getElementById("unsent")?.dataset ?? {};
export const PAGES = "field-pages";
export const READER = "field-reader"; // whose copies pages/worker.js gives out
export const SENT = "field-sent"; // what this account sent lately
export const WHO = "X-Abhiyan-Who"; // names the account of an answer; empty where nobody is signed in

// Nobody is signed in, or somebody else: no copy and no name stays but in records that were not sent.
export async function forgetCopies() {
  if (globalThis.caches) for (const name of [READER, PAGES]) await caches.delete(name);
  for (const name of ["field-kept", SENT]) localStorage.removeItem(name);
  sessionStorage.removeItem("field-told");
}

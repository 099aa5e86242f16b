// Copies of field pages on this phone: made for one account, given to no other, gone when it is signed out.
import { about, forgetCopies, PAGES, READER, WHO } from "./reader.js";

const FRESH = 10 * 60000; // ms until the copies are asked for again

// Keep copies of the pages that the server names. Of an account that is signed out, or another, none stays.
export async function keepCopies() {
  if (!("serviceWorker" in navigator)) return;
  if (!about.worker) {
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
    return;
  }
  await navigator.serviceWorker.register(about.worker, { scope: "/field/", updateViaCache: "none" });
  const mark = `${about.who} ${about.version}`;
  const [known, at] = (localStorage.getItem("field-kept") ?? "").split("|");
  if (!navigator.onLine || (known === mark && Date.now() - at < FRESH)) return;
  if (known && known !== mark) await forgetCopies();
  const asked = await fetch(about.keep);
  if (asked.redirected || asked.headers.get(WHO) !== about.who) return forgetCopies();
  if (!asked.ok) return;
  const { pages } = await asked.json();
  const [copies, files, reader] = await Promise.all([PAGES, "field-files", READER].map((name) => caches.open(name)));
  await reader.put("/field/", new Response(about.who));
  const wanted = new Set([...document.querySelectorAll("link[href], script[src]")].map((one) => one.src || one.href));
  for (const address of pages) {
    const page = await fetch(address, { headers: { "X-Abhiyan-Kept": "1" } });
    if (!page.ok || page.redirected) continue;
    for (const [, file] of (await page.clone().text()).matchAll(/(?:src|href)="(\/static\/[^"#]+)/g)) wanted.add(new URL(file, location).href);
    const headers = new Headers(page.headers);
    headers.set("X-Abhiyan-At", Date.now());
    await copies.put(address, new Response(await page.blob(), { headers }));
  }
  for (const name of ["outbox.js", "copies.js", "reader.js", "built/idb.js"]) wanted.add(new URL(name, import.meta.url).href);
  for (const file of wanted) if (file.includes("/static/") && !(await files.match(file))) await files.add(file);
  for (const one of await copies.keys()) if (!pages.some((each) => one.url === new URL(each, location).href)) await copies.delete(one);
  const own = import.meta.url.slice(0, import.meta.url.indexOf("/ui/"));
  for (const one of await files.keys()) if (!one.url.startsWith(own)) await files.delete(one);
  if (!(await reader.match("/field/"))) return forgetCopies(); // signed out meanwhile, in another tab
  localStorage.setItem("field-kept", `${mark}|${Date.now()}`);
}

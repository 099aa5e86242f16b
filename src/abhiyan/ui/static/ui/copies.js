// Copies of field pages on this phone: made for one account, given to no other, gone when it is signed out.
import { mine } from "./outbox.js";
import { about, forgetCopies, PAGES, READER, WHO } from "./reader.js";

const FRESH = 10 * 60000; // ms until the copies are asked for again

// Keep copies of the pages that the server names, and of those on which unsent records are mended. Of an account that is
// signed out, or another, none stays. isReached: whether our server answered just now.
export async function keepCopies(isReached) {
  if (!("serviceWorker" in navigator)) return;
  if (!about.worker) {
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
    return;
  }
  await navigator.serviceWorker.register(about.worker, { scope: "/field/", updateViaCache: "none" });
  const mark = `${about.who} ${about.version}`;
  const [known, at] = (localStorage.getItem("field-kept") ?? "").split("|");
  if (!isReached || (known === mark && Date.now() - at < FRESH)) return;
  if (known && known !== mark) await forgetCopies();
  const asked = await fetch(about.keep);
  if (asked.redirected || asked.headers.get(WHO) !== about.who) return forgetCopies();
  if (!asked.ok) return;
  const { pages } = await asked.json();
  for (const { opens } of await mine()) if (opens && !pages.includes(opens)) pages.push(opens);
  const [copies, files, reader] = await Promise.all([PAGES, "field-files", READER].map((name) => caches.open(name)));
  await reader.put("/field/", new Response(about.who));
  const wanted = new Set([...document.querySelectorAll("link[href], script[src]")].map((one) => one.src || one.href));
  for (const address of pages) {
    const page = await fetch(address, { headers: { "X-Abhiyan-Kept": "1" } });
    if (!page.ok || page.redirected) continue;
    const text = await page.text();
    for (const [, file] of text.matchAll(/(?:src|href)="(\/static\/[^"#]+)/g)) wanted.add(new URL(file, location).href);
    const headers = new Headers(page.headers);
    const now = Date.now();
    headers.set("X-Abhiyan-At", now);
    headers.delete("Content-Length");
    const copy = text.replace('data-copy="1"', `data-copy="${now}"`); // ui/days.js counts the days since
    await copies.put(address, new Response(copy, { headers }));
  }
  for (const file of wanted) {
    if (!file.includes("/static/")) continue;
    if (!(await files.match(file))) await files.add(file);
    if (!file.endsWith(".js")) continue;
    const text = await (await files.match(file)).text();
    for (const [, other] of text.matchAll(/ from "(\.[^"]+)";/g)) wanted.add(new URL(other, file).href);
  }
  for (const one of await copies.keys()) if (!pages.some((each) => one.url === new URL(each, location).href)) await copies.delete(one);
  const own = import.meta.url.slice(0, import.meta.url.indexOf("/ui/"));
  for (const one of await files.keys()) if (!one.url.startsWith(own)) await files.delete(one);
  if (!(await reader.match("/field/"))) return forgetCopies(); // signed out meanwhile, in another tab
  localStorage.setItem("field-kept", `${mark}|${Date.now()}`);
}

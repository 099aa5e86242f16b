// Pages of the field without a network: the network first, else the copy. It keeps no record and sends none.
// A copy is given to the account that made it, and to nobody else.
const PAGES = "field-pages";
const FILES = "field-files";
const READER = "field-reader"; // whose copies are given out
const WHO = "X-Abhiyan-Who"; // names the account of an answer; empty where nobody is signed in
const PATIENCE = 10000; // ms
const DAY = 86400000; // ms; so long a copy may name people

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.waitUntil(forget()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && url.pathname.startsWith("/field/")) event.respondWith(page(request, url));
});

async function file(request) {
  const known = await caches.match(request, { cacheName: FILES, ignoreVary: true });
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(FILES)).put(request, answer.clone());
  return answer;
}

async function page(request, url) {
  const isLook = request.method === "GET";
  const late = new Promise((_, fail) => isLook && setTimeout(fail, PATIENCE));
  try {
    const answer = await Promise.race([fetch(request), late]);
    if (answer.headers.has(WHO)) await readBy(answer.headers.get(WHO));
    if (!isLook || answer.status < 502 || answer.status > 504) return answer;
    return (await copy(url)) ?? answer;
  } catch {
    return (await copy(url)) ?? Response.error();
  }
}

// The copy of this address; else of the same page about the same things: never of another booth, drive or week. What
// opens a record may be asked of any copy. Else the start.
async function copy(url) {
  await forget();
  const pages = await caches.open(PAGES);
  const reader = await (await caches.open(READER)).match("/field/");
  if (!reader) return undefined;
  const who = await reader.text();
  const all = await pages.keys();
  const is = (one, test) => test(new URL(one.url));
  const found =
    all.find((one) => is(one, (at) => at.pathname === url.pathname && at.search === url.search)) ??
    all.find((one) => is(one, (at) => at.pathname === url.pathname && isAbout(at.searchParams, url.searchParams))) ??
    all.find((one) => is(one, (at) => at.pathname === "/field/start/"));
  const known = found && (await pages.match(found, { ignoreVary: true }));
  return known?.headers.get(WHO) === who ? known : undefined;
}

const isAbout = (kept, asked) => [...asked].every(([name, value]) => name === "mend" || (kept.get(name) ?? value) === value);

// The server has named its reader. What was kept for anybody else goes.
async function readBy(who) {
  const known = await (await caches.open(READER)).match("/field/");
  if (known && (await known.text()) === who) return;
  await caches.delete(PAGES);
  if (who) await (await caches.open(READER)).put("/field/", new Response(who));
  else await caches.delete(READER);
}

// Copies that name people go after a day by this phone's clock, and when that clock was set back.
// A message and a page may both do this at once, so a copy that is listed may be gone already.
async function forget() {
  const pages = await caches.open(PAGES);
  for (const one of await pages.keys()) {
    const headers = (await pages.match(one, { ignoreVary: true }))?.headers;
    const age = Date.now() - Number(headers?.get("X-Abhiyan-At"));
    if (headers?.has("X-Abhiyan-Names") && !(age >= 0 && age < DAY)) await pages.delete(one, { ignoreVary: true });
  }
}

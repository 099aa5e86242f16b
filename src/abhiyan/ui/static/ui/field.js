// A page of the field: its forms go through the outbox, it says what is unsent, and its copy is kept on this phone.
import { countBy, faults } from "./checks.js";
import { keepCopies } from "./copies.js";
import { askPeriod, choose, followDay, periodMissing, periodOf, today, watchDays } from "./days.js";
import { db, finish, mine, newKey, onChange, opened, recordOf, refusedBy, remove, reopen, save, sendAll, take } from "./outbox.js";
import { fieldsOf, pressed, sendPlainly } from "./pressed.js";
import { about, forgetCopies, WHO } from "./reader.js";
import { listUnsent } from "./unsent.js";

const LONGEST = 1600; // pixels of a picture's longer side
const PATIENCE = 8000; // ms that a worker waits for the server; less where it did not answer just now
const bar = document.getElementById("unsent");
const told = document.getElementById("field-told");
const asked = new URLSearchParams(location.search).get("mend"); // key of the record that is opened
// Whether our server answered last. A browser may say "online" in a dead network, and "offline" in a good one.
let isReached = !about.copy;

async function show() {
  const n = (await mine()).filter((one) => one.state !== "draft").length;
  for (const each of document.querySelectorAll("#unsent b, [data-unsent]")) each.textContent = n;
  bar.hidden = n === 0;
  document.getElementById("offline").hidden = isReached || !db;
  for (const each of document.querySelectorAll("[data-online]")) each.hidden = !isReached;
}

function say(words, kind) {
  const note = Object.assign(document.createElement("p"), { textContent: words, className: `note ${kind}` });
  told.textContent = "";
  told.append(note);
}

// --- forms ---

// Records of one form and page, as they were when this page opened.
const alike = (all, { record, page }) => all.filter((one) => one.record === record && (one.opens ?? one.page) === page);

// The record that a form writes: the one that is opened, or a draft that no other tab has, or a new one.
async function recordFor(form, all) {
  if (asked) return all.find((one) => one.key === asked);
  for (const one of alike(all, form.dataset)) if (one.state === "draft" && (await take(one.key))) return one;
  const { record, page } = form.dataset;
  const one = { key: newKey(), by: about.who, holder: about.name, record, page, state: "draft", made: Date.now(), pictures: {} };
  await take(one.key);
  return one;
}

async function follow(form, all) {
  const { page, title, thing } = form.dataset;
  const one = await recordFor(form, all);
  // What is finished stays so until the mended one takes its place: then it goes as it was if this page is left.
  const finished = one.state === "final" ? { ...one } : null;
  one.kind = title;
  one.thing = thing || one.key;
  one.opens = page;
  askPeriod(form, one.page !== page);
  const untouched = watchDays(form);
  followDay(form, one.state === "draft" && one.fields && one.day !== today());
  if (one.fields) restore(form, one);
  if (asked) onlyForm(form);
  if (one.state === "refused") {
    say(`${one.kind}: ${one.title}. ${one.why}`, "bad");
    atFields(form, one.errors);
  } else if (finished) say(`${one.kind}: ${one.title}. ${about.reopened}`, "info");
  else if (one.fields) say(about.restored, "info");
  addEventListener("visibilitychange", () => followDay(form, one.fields && one.day !== today()));

  const write = (button) => {
    one.fields = typed(form, button);
    one.day = today();
    one.filled = untouched();
    one.title = form.elements.name?.value || form.dataset.name || ("button" in form.dataset && button?.textContent.trim()) || document.title.split(" · ")[0];
  };
  const draft = async () => {
    write();
    if (finished) return;
    if (faults(form, one.fields).minor) return remove(one.key); // nothing of a minor stays, not even half an entry
    await save(one).catch(full);
  };
  form.addEventListener("input", (event) => event.target.type !== "file" && draft());
  let picking = Promise.resolve(); // a picture takes a moment to shrink; a form that is sent waits for it
  form.addEventListener("change", ({ target }) => {
    if (target.type === "file" && target.files[0]) picking = picking.then(() => pick(target, target.files[0]));
  });
  const pick = async (target, file) => {
    const n = (one.next ?? 0) + 1;
    const next = { ...one, next: n, pictures: { ...one.pictures, [target.name]: n } };
    try {
      await save(finished ? Object.assign(finished, { next: n }) : next, [{ key: one.key, n, blob: await shrunk(file) }]);
    } catch {
      return full(); // the picture stays in its field
    }
    Object.assign(one, next);
    await draft();
    target.value = "";
    mark(target);
  };
  form.addEventListener("submit", async (event) => {
    const button = pressed(event);
    if (button?.formNoValidate) return;
    event.preventDefault();
    button?.setAttribute("aria-busy", "true");
    await picking;
    const calm = () => button?.removeAttribute("aria-busy");
    const wrong = faults(form, typed(form, button), Object.keys(one.pictures));
    if (wrong.minor) {
      await remove(one.key);
      form.reset();
      return after(page, wrong.minor, "bad");
    }
    const noPeriod = periodMissing(form);
    if (wrong.why || noPeriod) {
      calm();
      say(wrong.why || noPeriod, "bad");
      told.scrollIntoView({ block: "center" });
      return atFields(form, wrong.errors);
    }
    write(button);
    const final = { ...one, page: periodOf(form) ?? one.page, state: "final", done: Date.now() };
    try {
      await save(final);
    } catch {
      calm();
      return Object.keys(one.pictures).length ? full() : sendPlainly(form, button);
    }
    finish(one.key);
    navigator.storage?.persist?.();
    const slow = { wait: "slow", each: {} };
    const sent = await Promise.race([sendAll(true), rest(sessionStorage.getItem("field-slow") ? PATIENCE / 4 : PATIENCE, slow)]);
    learn(sent);
    calm();
    const answer = sent.each[one.key] ?? (await meanwhile(one.key)) ?? sent;
    if (answer.kept) {
      if (!answer.href) return after(about.outbox, `${final.title}: ${about.went}`, "ok");
      if (answer.note) sessionStorage.setItem("field-told", JSON.stringify([answer.note, "warn"]));
      return location.assign(answer.href);
    }
    if (answer.forget) return after(page, answer.message, "bad");
    if (answer.code) {
      reopen(one.key);
      Object.assign(one, refusedBy(answer));
      say(answer.message, "bad");
      told.scrollIntoView({ block: "center" });
      return atFields(form, one.errors);
    }
    if (answer.wait === "stuck") return stuck(form, button, final);
    const words = answer.wait === "signIn" ? about.signIn : form.dataset.kept || about[answer.wait] || about.kept;
    return after(asked ? about.outbox : page, `${final.title}: ${words}`, answer.wait === "signIn" ? "warn" : "ok");
  });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}

// What another tab did with a record: it may have sent it.
async function meanwhile(key) {
  const one = await recordOf(key);
  if (!one) return { kept: true };
  return one.state === "refused" ? { code: "refused", message: one.why, errors: one.errors } : null;
}

// This browser cannot send what it keeps: the form goes as without script, and what was typed stays as a draft.
async function stuck(form, button, final) {
  reopen(final.key);
  await save({ ...final, state: "draft" });
  return Object.keys(final.pictures).length ? say(about.stuck, "bad") : sendPlainly(form, button);
}

// Whoever mends a record sees its form and what is wrong with it, and nothing else of the page.
function onlyForm(form) {
  for (let part = form; part && part.id !== "main"; part = part.parentElement)
    for (const other of [...part.parentElement.children])
      if (other !== part && !other.matches("h1, h1 + p, #field-told, .vh")) other.remove();
  if (form.querySelector("#person")) location.hash = "person";
}

// The same page again, for the next record; with what came of this one.
function after(page, words, kind) {
  sessionStorage.setItem("field-told", JSON.stringify([words, kind]));
  if (page === location.pathname + location.search && !location.hash) location.reload();
  else location.assign(page);
}

// Beside each field what is wrong with it, until it is changed. The cursor goes to the first.
function atFields(form, errors) {
  for (const old of form.querySelectorAll(".err")) old.remove();
  let first = null;
  for (const [name, words] of Object.entries(errors ?? {})) {
    const [own, asked] = [`[name="${name}"]`, `[name$="-${name}"]`].map((each) => `${each}:not([type=hidden])`); // a question's field has a prefix
    const field = form.querySelector(`${own}, ${asked}`);
    const place = field?.closest(".field");
    if (!place) continue;
    const error = Object.assign(document.createElement("div"), { className: "err", id: `${field.id}_refused`, textContent: words });
    place.append(error);
    const before = field.getAttribute("aria-describedby");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${before ?? ""} ${error.id}`.trim());
    place.addEventListener("input", () => {
      error.remove();
      field.removeAttribute("aria-invalid");
      if (before) field.setAttribute("aria-describedby", before);
      else field.removeAttribute("aria-describedby");
    }, { once: true });
    first = first || field;
  }
  if (first) first.focus();
}

// What an earlier record of the same page names is done: it waits to be sent.
async function hideWaiting(form) {
  const name = form.dataset.each;
  const done = alike(await mine(), form.dataset).filter((one) => one.state === "final" && one.key !== asked);
  const values = new Set(done.flatMap((one) => one.fields).filter(([each]) => each === name).map(([, value]) => value));
  for (const box of form.querySelectorAll(`[name="${name}"]`)) box.closest("label").hidden = values.has(box.value);
}

// Pages whose records wait: no link leads there, and a mark is not asked for again. Once they are sent, this page is old.
const waits = new Set();
async function markWaiting() {
  const finished = (await mine()).filter((one) => one.thing !== one.key && one.key !== asked);
  for (const one of finished) if (one.state === "final") waits.add(one.opens ?? one.page);
  for (const one of finished) if (one.state === "refused") waits.delete(one.opens ?? one.page);
  for (const part of document.querySelectorAll("main a[href], form[data-mark]")) {
    const isDone = waits.has(part.dataset.page ?? part.getAttribute("href"));
    if (isDone === part.hidden) continue;
    part.hidden = isDone;
    if (isDone) part.after(Object.assign(document.createElement("a"), { href: about.outbox, textContent: about.waits, className: "waits" }));
    else part.parentElement.querySelector(".waits")?.remove();
  }
}

const rest = (ms, then) => new Promise((done) => setTimeout(done, ms, then));
const full = () => say(about.full, "bad");

function typed(form, button) {
  return [...fieldsOf(form, button)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
}

// What somebody typed before this script ran stays.
function restore(form, one) {
  for (const field of form.elements) {
    if (field.type === "hidden" || !field.name || field.type === "submit") continue;
    if (one.state === "draft" && one.filled?.includes(field.name)) continue; // a day that nobody chose
    if (field.checked !== field.defaultChecked || (field.type === "text" && field.value !== field.defaultValue)) continue;
    const values = one.fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.type === "file") one.pictures[field.name] && mark(field);
    else if (values.length) {
      field.value = values[0];
      choose(field); // a day is what was said, whatever day it is now
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function mark(field) {
  const beside = field.parentElement.querySelector(".kept") ?? field.parentElement.appendChild(document.createElement("p"));
  Object.assign(beside, { className: "kept small", textContent: about.picture });
}

async function shrunk(file) {
  if (!window.createImageBitmap) return file;
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
    const drawn = document.createElement("canvas");
    drawn.width = Math.round(image.width * scale);
    drawn.height = Math.round(image.height * scale);
    drawn.getContext("2d").drawImage(image, 0, 0, drawn.width, drawn.height);
    image.close();
    return (await new Promise((done) => drawn.toBlob(done, "image/jpeg", 0.8))) ?? file;
  } catch {
    return file; // the server says what is wrong with it
  }
}

// --- the page ---

// What an attempt to send says of the network.
function learn({ each, wait }) {
  if (wait !== "network" && wait !== "slow" && (wait || Object.keys(each).length)) isReached = true;
  else if (wait) isReached = false;
  if (wait === "network" || wait === "slow") sessionStorage.setItem("field-slow", "1");
  else sessionStorage.removeItem("field-slow");
}

async function isThere() {
  const late = new AbortController();
  const clock = setTimeout(() => late.abort(), PATIENCE);
  const answer = await fetch(about.keep, { signal: late.signal }).catch(() => null);
  clearTimeout(clock);
  return answer !== null && answer.headers.has(WHO);
}

// waits: the page before this one may hold the line for a moment yet.
async function again(waits = false) {
  const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
  if (worker) worker.postMessage("forget");
  await show();
  const sent = await sendAll(waits);
  learn(sent);
  if (!sent.wait && (!isReached || !navigator.onLine)) isReached = await isThere();
  await show();
  const came = Object.values(sent.each).filter((one) => one.note || one.code);
  const words = came.map((one) => `${one.name}. ${one.note ?? one.message}`);
  if (words.length) say(words.join(" "), came.some((one) => one.code) ? "bad" : "warn");
  else if (sent.wait === "stuck") say(about.stuck, "bad");
  if (sent.wait !== "signIn") return;
  await forgetCopies();
  document.getElementById("sign-in")?.removeAttribute("hidden");
}

// An ordinary form may change which pages are to be kept, such as by taking doors: they are asked for again after it.
for (const form of document.querySelectorAll("form[method=post]:not([data-record])"))
  form.addEventListener("submit", () => localStorage.removeItem("field-kept"));
const last = sessionStorage.getItem("field-told");
if (last) say(...JSON.parse(last));
sessionStorage.removeItem("field-told");

async function start() {
  await opened;
  countBy(today);
  if (!db) return say(about.nowhere, "warn");
  const all = await mine();
  const forms = [...document.querySelectorAll("form[data-record]")];
  if (asked) {
    const one = all.find((each) => each.key === asked);
    if (!one || !(await take(asked))) return after(about.outbox, one ? about.busy : about.gone, "info");
    forms.splice(0, forms.length, ...forms.filter((form) => form.dataset.record === one.record));
    if (!forms.length) return after(about.outbox, about.shut, "warn");
  }
  for (const form of forms) {
    await follow(form, all);
    if (!form.dataset.each) continue;
    await hideWaiting(form);
    onChange(() => hideWaiting(form));
  }
  await markWaiting();
  onChange(markWaiting);
  const place = document.getElementById("records");
  if (place) {
    await listUnsent(place);
    onChange(() => listUnsent(place));
  }
  onChange(show);
  // Another tab may have sent or changed something while nobody looked at this one.
  const look = () => document.visibilityState === "visible" && (show(), place && listUnsent(place));
  document.addEventListener("visibilitychange", look);
  for (const event of ["focus", "pageshow"]) addEventListener(event, look);
  addEventListener("offline", () => ((isReached = false), again(true)));
  addEventListener("online", () => again(true));
  document.getElementById("send-now")?.addEventListener("click", () => again(true));
  setInterval(() => again(), 60000);
  await again(true);
}

start()
  .then(() => keepCopies(isReached).catch(() => {}))
  .then(() => (document.documentElement.dataset.field = "ready"));

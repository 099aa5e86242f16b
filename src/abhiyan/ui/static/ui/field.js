// A page of the field: its forms go through the outbox, it says what is unsent, and its copy is kept on this phone.
import { faults } from "./checks.js";
import { keepCopies } from "./copies.js";
import { about, forgetCopies } from "./reader.js";
import { db, isOwn, mine, onChange, refusedBy, remove, save, sendAll } from "./outbox.js";

const LONGEST = 1600; // pixels of a picture's longer side
const bar = document.getElementById("unsent");
const told = document.getElementById("field-told");

async function show() {
  const n = (await mine()).filter((one) => one.state !== "draft").length;
  for (const each of document.querySelectorAll("#unsent b, [data-unsent]")) each.textContent = n;
  bar.hidden = n === 0;
  document.getElementById("offline").hidden = navigator.onLine;
  for (const each of document.querySelectorAll("[data-online]")) each.hidden = !navigator.onLine;
}

function say(words, kind) {
  told.replaceChildren(Object.assign(document.createElement("p"), { textContent: words, className: `note ${kind}` }));
}

// --- forms ---

async function follow(form) {
  const { record, page, title, thing } = form.dataset;
  const asked = new URLSearchParams(location.search).get("mend");
  const there = (await mine()).filter((one) => one.record === record && one.page === page);
  let one = null;
  for (const each of there) if (!one && (asked ? each.key === asked : each.state === "draft") && (await isOwn(each.key))) one = each;
  if (!one) {
    one = { key: crypto.randomUUID(), by: about.who, holder: about.name, record, page, state: "draft", made: Date.now(), pictures: {} };
    await isOwn(one.key);
  }
  one.kind = title;
  one.thing = thing || one.key;
  if (one.fields) restore(form, one);
  if (asked && form.querySelector("#person")) location.hash = "person";
  if (one.state === "refused") {
    say(one.why, "bad");
    atFields(form, one.errors);
  } else if (one.fields) say(about.restored, "info");

  if (form.dataset.each) hideWaiting(form, there);

  const write = (button) => {
    one.fields = typed(form, button);
    one.title = form.elements.name?.value || form.dataset.name || ("button" in form.dataset && button?.textContent.trim()) || document.title.split(" · ")[0];
  };
  const draft = () => {
    write();
    if (faults(form, one.fields).minor) return remove(one.key); // nothing of a minor stays, not even half an entry
    return save(one).catch(full);
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
      await save(next, [{ key: one.key, n, blob: await shrunk(file) }]);
    } catch {
      return full(); // the picture stays in its field
    }
    Object.assign(one, next);
    await draft();
    target.value = "";
    mark(target);
  };
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.formNoValidate) return;
    event.preventDefault();
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    await picking;
    const wrong = faults(form, typed(form, button), Object.keys(one.pictures));
    if (wrong.minor) {
      await remove(one.key);
      form.reset();
      return after(page, wrong.minor, "bad");
    }
    if (wrong.why) {
      button?.removeAttribute("aria-busy");
      say(wrong.why, "bad");
      told.scrollIntoView({ block: "center" });
      return atFields(form, wrong.errors);
    }
    write(button);
    const final = { ...one, state: "final", done: Date.now() };
    try {
      await save(final);
    } catch {
      button?.removeAttribute("aria-busy");
      const isPlain = navigator.onLine && Object.keys(one.pictures).length === 0;
      return isPlain ? withoutScript(form, button) : full();
    }
    navigator.storage?.persist?.();
    const came = navigator.onLine ? await Promise.race([sendAll(true), rest(12000)]) : {};
    button?.removeAttribute("aria-busy");
    const answer = came?.[one.key] ?? {};
    if (answer.kept) {
      if (answer.note) sessionStorage.setItem("field-told", JSON.stringify([answer.note, "warn"]));
      return location.assign(answer.href);
    }
    if (answer.forget) return after(page, answer.message, "bad");
    if (answer.code) {
      Object.assign(one, refusedBy(answer));
      say(answer.message, "bad");
      told.scrollIntoView({ block: "center" });
      return atFields(form, one.errors);
    }
    return after(page, `${final.title}: ${form.dataset.kept || about.kept}`, "ok");
  });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}

// The same page again, for the next record; with what came of this one.
function after(page, words, kind) {
  sessionStorage.setItem("field-told", JSON.stringify([words, kind]));
  if (page === location.pathname + location.search && !location.hash) location.reload();
  else location.assign(page);
}

// This phone is full, and there is a network: the form goes as it would without script.
function withoutScript(form, button) {
  if (button?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
  form.submit();
}

// Beside each field what is wrong with it, until it is changed. The cursor goes to the first.
function atFields(form, errors) {
  for (const old of form.querySelectorAll(".err")) old.remove();
  let first = null;
  for (const [name, words] of Object.entries(errors ?? {})) {
    const own = CSS.escape(name); // a question's field has a prefix
    const field = form.querySelector(`:is([name="${own}"], [name$="-${own}"]):not([type=hidden])`);
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
    first ??= field;
  }
  first?.focus();
}

// What an earlier record of the same page names is done: it waits to be sent.
function hideWaiting(form, there) {
  const name = form.dataset.each;
  const done = there.filter((one) => one.state === "final").flatMap((one) => one.fields.filter(([each]) => each === name));
  const values = new Set(done.map(([, value]) => value));
  for (const box of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) if (values.has(box.value)) box.closest("label").hidden = true;
}

const rest = (ms) => new Promise((done) => setTimeout(done, ms));
const full = () => say(about.full, "bad");

function typed(form, button) {
  const fields = [...new FormData(form, button)];
  return fields.filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
}

// What somebody typed before this script ran stays.
function restore(form, one) {
  for (const field of form.elements) {
    if (field.type === "hidden" || !field.name || field.type === "submit") continue;
    if (field.checked !== field.defaultChecked || (field.type === "text" && field.value !== field.defaultValue)) continue;
    const values = one.fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.type === "file") one.pictures[field.name] && mark(field);
    else if (values.length) field.value = values[0];
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function mark(field) {
  const beside = field.parentElement.querySelector(".kept") ?? field.parentElement.appendChild(document.createElement("p"));
  Object.assign(beside, { className: "kept small", textContent: about.picture });
}

async function shrunk(file) {
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

// --- the outbox page ---

async function list(place) {
  const words = place.dataset;
  const all = await mine();
  document.getElementById("nothing").hidden = all.length > 0;
  document.getElementById("unsafe").hidden = all.length === 0 || (await navigator.storage?.persisted?.()) === true;
  const rows = all.map((one) => {
    const row = document.getElementById("record").content.cloneNode(true);
    row.querySelector("b").textContent = `${one.kind}: ${one.title}`;
    row.querySelector(".st").textContent = words[one.state];
    row.querySelector(".of").textContent = one.state === "refused" ? one.why : new Date(one.done ?? one.made).toLocaleString();
    const open = row.querySelector("a");
    open.href = one.state === "refused" ? `${one.page}${one.page.includes("?") ? "&" : "?"}mend=${one.key}` : one.page;
    open.hidden = one.state === "final";
    const drop = row.querySelector("button");
    drop.hidden = one.state === "final";
    drop.addEventListener("click", () => confirm(words.sure) && remove(one.key));
    return row;
  });
  place.replaceChildren(...rows);
}

// An ordinary form may change which pages are to be kept, such as by taking doors: they are asked for again after it.
for (const form of document.querySelectorAll("form[method=post]:not([data-record])"))
  form.addEventListener("submit", () => localStorage.removeItem("field-kept"));
const last = sessionStorage.getItem("field-told");
if (last) say(...JSON.parse(last));
sessionStorage.removeItem("field-told");
const place = document.getElementById("records");
if (db) {
  for (const form of document.querySelectorAll("form[data-record]")) await follow(form);
  if (place) onChange(() => list(place));
  if (place) await list(place);
  onChange(show);
  // waits: the page before this one may hold the line for a moment yet.
  const again = async (waits = false) => {
    navigator.serviceWorker?.controller?.postMessage("forget");
    await show();
    const came = await sendAll(waits);
    const notes = Object.values(came).flatMap((each) => each.note ?? []);
    if (notes.length) say(notes.join(" "), "warn");
    if (!Object.values(came).some((each) => each.signIn)) return;
    await forgetCopies();
    document.getElementById("sign-in")?.removeAttribute("hidden");
  };
  for (const event of ["online", "offline"]) addEventListener(event, () => again(true));
  document.getElementById("send-now")?.addEventListener("click", () => again(true));
  setInterval(() => again(), 60000);
  await again(true);
} else say(about.nowhere, "warn");
await keepCopies().catch(() => {});
document.documentElement.dataset.field = "ready";

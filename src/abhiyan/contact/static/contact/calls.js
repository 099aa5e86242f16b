// A caller works by keyboard: R rings, N takes the next person, 1 to 9 note the outcome, Z takes it back, Escape leaves
// a field. What came of a call lies in the outbox of the field pages until the server has it.
import { mine, newKey, opened, remove, save, sendAll } from "../ui/outbox.js";
import { fieldsOf, pressed, sendPlainly } from "../ui/pressed.js";
import { about } from "../ui/reader.js";

const RECORD = "turn";
const OFTEN = 5000; // ms between two tries to send
const form = document.getElementById("call");
const told = document.getElementById("call-kept");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return document.activeElement.blur();
  if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, dialog")) return;
  const key = event.code.replace(/^(Key|Digit|Numpad)/, "").toLowerCase();
  const button = document.querySelector(`[accesskey="${CSS.escape(key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

function say(why, words = "", href = "") {
  told.hidden = !why;
  for (const part of told.querySelectorAll("[data-why]")) part.hidden = part.dataset.why !== why;
  if (!words) return;
  told.querySelector("[data-why=refused] b").textContent = words;
  told.querySelector("[data-why=refused] a").href = href;
}

const waiting = async () => (await mine()).filter((one) => one.record === RECORD && one.state !== "draft");

// Whatever this browser keeps, until the server has it or says why not. The outcome of this page leads on then.
let timer = null;
let own = null; // the key of this page's outcome, and the button that was pressed
async function again(waits = false) {
  clearTimeout(timer);
  const sent = await sendAll(waits);
  const left = await waiting();
  if (own && !isLeaving) {
    const answer = sent.each[own.key];
    if (answer ? answer.kept : left.every((one) => one.key !== own.key)) return next();
    if (answer && answer.code) {
      isLeaving = true;
      await remove(own.key);
      return sendPlainly(form, own.button); // the server's own page says why
    }
    own.button.removeAttribute("aria-busy");
  }
  const refused = left.find((one) => one.state === "refused");
  if (refused) say("refused", `${refused.title}: ${refused.why}`, `${refused.page}?mend=${refused.key}`);
  else if (!left.length) say("");
  else say(sent.wait === "signIn" || sent.wait === "server" ? sent.wait : "network");
  if (left.some((one) => one.state === "final") && sent.wait !== "signIn") timer = setTimeout(again, OFTEN);
}

let isLeaving = false; // two looks at the outbox may end at once; the page is left once
function next() {
  if (isLeaving) return;
  isLeaving = true;
  if (!form.dataset.next) return location.assign(about.calls);
  form.noValidate = true;
  form.action = form.dataset.next;
  sendPlainly(form);
}

async function send(button) {
  const fields = Array.from(fieldsOf(form, button)).filter(([name]) => name !== "csrfmiddlewaretoken");
  const page = new URL(form.action).pathname;
  const before = (await waiting()).find((one) => one.page === page);
  const one = {
    ...{ key: before ? before.key : newKey(), by: about.who, holder: about.name, record: RECORD, page, opens: page },
    ...{ state: "final", made: Date.now(), done: before ? before.done : Date.now(), pictures: {}, fields },
    ...{ kind: told.dataset.kind, title: form.dataset.name, thing: page },
  };
  try {
    await save(one);
  } catch {
    return sendPlainly(form, button); // a full browser
  }
  own = { key: one.key, button };
  await again(true);
}

if (form)
  form.addEventListener("submit", async (event) => {
    const button = pressed(event);
    event.preventDefault();
    if (form.dataset.sent || !button) return;
    if (button.value === "never" && !confirm(form.dataset.never)) return;
    form.dataset.sent = "1";
    button.setAttribute("aria-busy", "true");
    if (await opened.then((base) => base !== null)) await send(button);
    else sendPlainly(form, button);
  });

// An outcome that the server refused is opened again: its fields stand as they were.
async function restore() {
  const asked = new URLSearchParams(location.search).get("mend");
  const one = asked && form && (await waiting()).find((each) => each.key === asked);
  if (!one) return;
  for (const [name, value] of one.fields)
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=submit]):not([type=hidden])`))
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.checked || field.value === value;
      else field.value = value;
}

// Ten seconds to take the last outcome back.
const left = document.querySelector("[data-left]");
if (left) setTimeout(() => left.closest("form").remove(), left.dataset.left * 1000);

const { seen } = told.dataset; // The supervisor sees that the page is open, and the person stays with the caller.
if (seen)
  setInterval(() => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, at: Date.now() }); // each is another form
    fetch(seen, { method: "POST", body, credentials: "same-origin", redirect: "manual" }).catch(() => {});
  }, 60000);

opened
  .then(() => restore())
  .then(() => again(true))
  .then(() => {
    for (const event of ["online", "focus"]) addEventListener(event, () => again(true));
    document.documentElement.dataset.calls = "ready";
  });

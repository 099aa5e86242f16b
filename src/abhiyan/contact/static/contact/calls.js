// A caller works by keyboard: R rings, N takes the next person, 1 to 9 note the outcome, Escape leaves a field.
// An outcome is kept in the tab until the server has answered, and is sent again when the network is back. It belongs
// to the account that noted it: whoever signs in next in this tab does not send it.
import { fieldsOf, pressed, sendPlainly } from "../ui/pressed.js";

const form = document.querySelector("form[data-call]");
const told = document.getElementById("call-kept");
const KEY = "call:";
const { who } = told.dataset;

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

async function send(key) {
  const kept = JSON.parse(sessionStorage.getItem(key));
  const body = new URLSearchParams(kept.body);
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (token) body.set("csrfmiddlewaretoken", token.value);
  let answer;
  try {
    answer = await fetch(kept.action, { method: "POST", body, credentials: "same-origin" });
  } catch {
    told.hidden = false; // no network: again later
    return setTimeout(() => send(key), 5000);
  }
  if (answer.status >= 500) {
    told.hidden = false;
    return setTimeout(() => send(key), 5000);
  }
  const isSignedOut = answer.ok && !new URL(answer.url).pathname.startsWith("/contact/");
  if (!isSignedOut) sessionStorage.removeItem(key);
  if (answer.ok) return location.assign(answer.url);
  if (!form || KEY + form.dataset.call !== key) return location.reload();
  // Refused: the server's own page says why.
  sendPlainly(form, { name: "outcome", value: body.get("outcome") });
}

if (form)
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = KEY + form.dataset.call;
    if (sessionStorage.getItem(key)) return; // on its way
    const body = new URLSearchParams(fieldsOf(form, pressed(event)));
    body.delete("csrfmiddlewaretoken"); // of this session; `send` adds the one it then is
    sessionStorage.setItem(key, JSON.stringify({ action: form.action, body: body.toString(), by: who }));
    send(key);
  });
for (const key of Object.keys(sessionStorage))
  if (key.startsWith(KEY) && JSON.parse(sessionStorage.getItem(key)).by === who) send(key);

// The supervisor sees that the page is open.
const seen = document.querySelector("[data-seen]");
if (seen)
  setInterval(() => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token });
    fetch(seen.dataset.seen, { method: "POST", body, credentials: "same-origin", redirect: "manual" }).catch(() => {});
  }, 60000);

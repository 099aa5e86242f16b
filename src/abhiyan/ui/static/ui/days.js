// Days of a page. A copy has the day it was made, and a page that is left open over night the day before. A field that
// the server filled with that day follows the present one, until somebody changes it; a report's period is asked for
// where it may be another one by now ([data-periods]).
import { about } from "./reader.js";

const DAY = 86400000; // ms
const made = Number(about.copy) || Date.now(); // by this phone's clock

function dayNumber(ms) {
  return Math.floor((ms - new Date(ms).getTimezoneOffset() * 60000) / DAY);
}

// The present day: the page's own day by the server, and the days since then by the phone. Its clock may be wrong.
export function today() {
  const since = Math.max(0, dayNumber(Date.now()) - dayNumber(made));
  return new Date(Date.parse(about.day) + since * DAY).toISOString().slice(0, 10);
}

// Days that the server filled with its own, and nobody chose.
const unchosen = (form) =>
  [...form.querySelectorAll('input[type="date"]')].filter(
    (field) => field.defaultValue === about.day && !("chosen" in field.dataset),
  );

// hasWords: the form was begun on another day. Its day is then left to whoever wrote it.
export function followDay(form, hasWords) {
  if (today() !== about.day) for (const field of unchosen(form)) field.value = hasWords ? "" : today();
}

// A day that somebody chooses is theirs from then on. Returns the names of the days that nobody chose.
export function watchDays(form) {
  for (const field of unchosen(form)) if (field.value !== about.day) choose(field);
  form.addEventListener("input", ({ target }) => target.type === "date" && choose(target));
  return () => unchosen(form).map((field) => field.name);
}

export function choose(field) {
  field.dataset.chosen = "";
}

// Where a period after the one of this page has begun, the form asks which one it is for. isAsked: in any case. A page
// that the network brought has the period that its reader asked for.
export function askPeriod(form, isAsked) {
  const asked = form.querySelector("[data-periods]");
  if (!asked || !(isAsked || about.copy || today() !== about.day)) return;
  let n = 0;
  for (const choice of asked.querySelectorAll("input")) {
    const isThere = choice.dataset.from <= today();
    choice.disabled = choice.closest("label").hidden = !isThere;
    if (isThere) n += 1;
  }
  asked.hidden = asked.disabled = n < 2;
}

// The address of the period that was chosen; null where none is asked for.
export function periodOf(form) {
  const chosen = form.querySelector("[data-periods]:not([hidden]) input:checked");
  return chosen && chosen.value;
}

// What to say where the form asks for a period, and none is chosen.
export function periodMissing(form) {
  const asked = form.querySelector("[data-periods]:not([hidden])");
  return asked && !asked.querySelector("input:checked") ? asked.dataset.periods : "";
}

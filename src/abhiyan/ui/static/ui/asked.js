// A field with a condition is there only while it is asked, by the form's own declaration (ui/checks.py); then its
// condition need not be read. What is hidden is not sent. <div data-asks="name">
import { declarations, judged } from "./checks.js";

const parts = Array.from(document.querySelectorAll("[data-asks]"));
for (const form of new Set(parts.map((part) => part.closest("form")))) {
  const declared = declarations(form);
  const show = () => {
    const typed = Array.from(new FormData(form)).filter(([, value]) => typeof value === "string");
    const asked = new Set();
    for (const one of declared) for (const name of judged(one, typed).asked) asked.add(one.prefix + name);
    for (const part of parts.filter((each) => form.contains(each))) {
      const isAsked = asked.has(part.dataset.asks);
      part.hidden = !isAsked;
      for (const field of part.querySelectorAll("input, textarea, select")) field.disabled = !isAsked;
    }
  };
  for (const words of form.querySelectorAll("[data-asks] > .condition")) words.hidden = true;
  form.addEventListener("input", show);
  show();
}

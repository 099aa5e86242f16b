// A sheet is typed without the mouse: Enter goes to the next field, the arrows up and down to the line above or below.
// Ctrl+Enter saves.
const form = document.querySelector("form.lines-typed");
const fields = [...form.querySelectorAll(".line input")];
const across = form.querySelector(".line").querySelectorAll("input").length;

form.addEventListener("keydown", (event) => {
  const at = fields.indexOf(event.target);
  if (at < 0) return;
  if (event.key === "Enter" && event.ctrlKey) return form.requestSubmit();
  const step = { Enter: 1, ArrowDown: across, ArrowUp: -across }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = fields[at + step] || (event.key === "Enter" && form.querySelector("[name=day]"));
  if (next) next.focus();
});

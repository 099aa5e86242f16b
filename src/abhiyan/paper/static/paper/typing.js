// A sheet is typed without the mouse: Enter goes to the next field, the arrows up and down to the line above or below.
// Ctrl+Enter saves. The photograph shows the line that is typed, where it has no room for the whole sheet.
const form = document.querySelector("form.lines-typed");
const fields = [...form.querySelectorAll(".line input")];
const across = form.querySelector(".line").querySelectorAll("input").length;

const photo = document.querySelector(".seen [role=region]");
const [FIRST, STEP] = [0.285, 0.0575]; // of the sheet's height: where the first line is, and how far the next

form.addEventListener("focusin", (event) => {
  const at = fields.indexOf(event.target);
  if (at < 0 || !photo) return;
  const line = Math.floor(at / across);
  photo.scrollTop = photo.scrollHeight * (FIRST + line * STEP) - photo.clientHeight / 2;
});

form.addEventListener("keydown", (event) => {
  const at = fields.indexOf(event.target);
  if (at < 0) return;
  if (event.key === "Enter" && event.ctrlKey) return form.querySelector("[type=submit]").click();
  const step = { Enter: 1, ArrowDown: across, ArrowUp: -across }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = fields[at + step] || (event.key === "Enter" && form.querySelector("[name=day]"));
  if (next) next.focus();
});

// "/" or Ctrl K to search, then the arrows to go through what was found; "g" then a letter to go (links say it with data-go), "?" for help. A button that names its letter
// (aria-keyshortcuts) is pressed in the row one is in, else in the row decided last; from elsewhere it is only shown.
// A Hindi keyboard sends Devanagari: there the place of the key counts, not its letter.
let asked = 0;
const letter = (event) =>
  /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace(/^Key/, "").toLowerCase();
const search = document.querySelector("[role=search] input");
const found = [...document.querySelectorAll("#main ul.lines a:first-of-type")];
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyK" && search) {
    event.preventDefault();
    return search.focus();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = found.indexOf(document.activeElement);
  if (step && document.getElementById("found") && (at >= 0 || document.activeElement === search)) {
    event.preventDefault();
    (found[at + step] || search).focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  if (event.key === "/") {
    if (!search) return;
    event.preventDefault();
    search.focus();
  } else if (event.key === "?") {
    document.getElementById("help")?.showModal?.();
  } else if (letter(event) === "g") {
    asked = event.timeStamp;
  } else if (asked && event.timeStamp - asked < 1500) {
    asked = 0;
    document.querySelector(`[data-go="${CSS.escape(letter(event))}"]`)?.click();
  } else if (/^[a-z]$/.test(letter(event))) {
    const button = `[aria-keyshortcuts="${letter(event)}"]`;
    const row = event.target.closest("tr");
    const found = (row && row.querySelector(button)) || document.querySelector(`[data-latest] ${button}`);
    if (found) found.click();
    else document.querySelector(button)?.focus();
  }
});

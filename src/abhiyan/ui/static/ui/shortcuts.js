// Single keys can be switched off in this browser, for whoever dictates or presses keys by mistake (WCAG 2.1.4). What
// is typed in a field, and keys with Ctrl, go on as ever. <button data-shortcuts>
const areOff = () => {
  try {
    return localStorage.getItem("shortcuts") === "off";
  } catch {
    return false;
  }
};

function mark() {
  for (const button of document.querySelectorAll("[data-shortcuts]")) button.setAttribute("aria-pressed", !areOff());
}

addEventListener(
  "keydown",
  (event) => {
    const isPlain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    const isTyped = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select");
    if (isPlain && !isTyped && areOff()) event.stopImmediatePropagation(); // before every script that heeds a key
  },
  true,
);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-shortcuts]")) return;
  try {
    localStorage.setItem("shortcuts", areOff() ? "on" : "off");
  } catch {
    // a browser that keeps nothing has its keys on
  }
  mark();
});
mark();

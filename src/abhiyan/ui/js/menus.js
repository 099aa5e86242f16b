// A menu is a <details class="menu">; it closes on Escape and on a press outside.
const open = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// <button data-print> prints the page as it is.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

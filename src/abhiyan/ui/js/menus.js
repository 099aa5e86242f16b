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

// What a search field hints at is short on a phone.
if (matchMedia("(max-width: 40rem)").matches) {
  for (const field of document.querySelectorAll("[data-short]")) field.placeholder = field.dataset.short;
}

// <button data-print> prints the page as it is.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

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

// Where the main menu scrolls sideways, the page one is on stands in sight, also once fonts or a long name move it.
// And what a search field hints at is short on a phone.
const here = document.querySelector(".top nav [aria-current]");
if (here) {
  const nav = here.closest("nav");
  const moved = new ResizeObserver(() => {
    const [outer, inner] = [nav.getBoundingClientRect(), here.getBoundingClientRect()];
    nav.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  });
  for (const part of [nav, ...nav.querySelectorAll("li")]) moved.observe(part);
}
if (matchMedia("(max-width: 40rem)").matches) {
  for (const field of document.querySelectorAll("[data-short]")) field.placeholder = field.dataset.short;
}

// <button data-print> prints the page as it is.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

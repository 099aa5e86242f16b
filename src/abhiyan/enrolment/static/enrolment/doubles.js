// Pairs one after the other: once one is decided, the next waits under the fingers; undone, the same one does again.
document.addEventListener("htmx:afterSwap", (event) => {
  const row = event.target.closest("tr");
  if (!row) return;
  for (const old of document.querySelectorAll("[data-latest]")) delete old.dataset.latest;
  let next = row;
  if (row.querySelector("[aria-keyshortcuts=u]")) {
    row.dataset.latest = "";
    do next = next.nextElementSibling;
    while (next && next.querySelector("[aria-keyshortcuts=u]"));
  }
  ((next || row).querySelector("[aria-keyshortcuts]") || row).focus();
  (next || row).scrollIntoView({ block: "nearest" });
});

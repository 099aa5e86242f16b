// A page that asks for itself again: only what differs is replaced, so focus, scroll and open parts stay.
// <div hx-ext="live" hx-swap="live" hx-trigger="every 30s" …>; <button data-live hidden>: pauses it.
const keyOf = (node) =>
  node.id || (/^(TR|LI)$/.test(node.nodeName) && (node.querySelector("a") || node.firstElementChild || node).textContent.trim());
const isAlike = (old, now) => old && old.nodeName === now.nodeName && keyOf(old) === keyOf(now);

function renew(old, now) {
  if (old.isEqualNode(now)) return;
  if (!now.attributes) return void (old.nodeValue = now.nodeValue);
  for (const { name } of [...old.attributes])
    if (name !== "open" && !now.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes)
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  let place = old.firstChild;
  for (const child of [...now.childNodes]) {
    let found = place;
    while (found && !isAlike(found, child)) found = found.nextSibling;
    if (!found) old.insertBefore(child, place);
    else {
      if (found === place) place = place.nextSibling;
      else old.insertBefore(found, place);
      renew(found, child);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

htmx.defineExtension("live", {
  handleSwap(style, target, fragment) {
    if (style !== "live") return false;
    const now = fragment.firstElementChild;
    if (!now) location.reload(); // signed out meanwhile
    else {
      const held = document.activeElement;
      const mark = target.contains(held) ? held : document.elementFromPoint(innerWidth / 2, innerHeight / 2);
      const top = mark.getBoundingClientRect().top;
      renew(target, now);
      if (!mark.isConnected) return [];
      held.focus({ preventScroll: true });
      scrollBy({ top: mark.getBoundingClientRect().top - top, behavior: "instant" });
    }
    return [];
  },
});
for (const button of document.querySelectorAll("[data-live]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.getAttribute("hx-swap") === "live" && button.getAttribute("aria-pressed") === "true")
      event.preventDefault();
  });
}

// On a phone a list's filters wait behind one button, for the list comes first. Without this script they are all there.
for (const form of document.querySelectorAll("form.filters")) {
  if (!matchMedia("(max-width: 40rem)").matches || form.querySelector(".err")) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary wide noprint fold";
  button.textContent = form.getAttribute("aria-label");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
  });
  form.hidden = true;
  form.before(button);
}

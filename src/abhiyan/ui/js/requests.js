// htmx: an answer that never came, or was no page, is said in words; what is on the page stays as it was.
const trouble = document.getElementById("trouble");
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
  document.addEventListener(name, (event) => {
    const form = event.target.closest("form[data-once]"); // it may be sent again
    if (form) {
      form.dataset.once = "";
      for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
    }
    if (!trouble) return;
    trouble.hidden = false;
    trouble.scrollIntoView({ block: "nearest" });
  });
document.addEventListener("htmx:afterSwap", () => {
  if (trouble) trouble.hidden = true;
});

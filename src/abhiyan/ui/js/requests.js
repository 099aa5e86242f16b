// htmx: an answer that never came, or was no page, is said in words; what is on the page stays as it was.
const trouble = document.getElementById("trouble");
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
  document.addEventListener(name, () => {
    if (!trouble) return;
    trouble.hidden = false;
    trouble.scrollIntoView({ block: "nearest" });
  });
document.addEventListener("htmx:afterSwap", () => {
  if (trouble) trouble.hidden = true;
});

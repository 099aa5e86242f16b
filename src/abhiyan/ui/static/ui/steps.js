// A form in short steps: the cursor goes to the heading of the step that opens, or to what was refused in it.
addEventListener("hashchange", () => {
  const part = document.querySelector(".parts > .part:target");
  (part?.querySelector("[aria-invalid=true]") ?? part?.querySelector("[tabindex='-1']"))?.focus();
});
document.documentElement.dataset.steps = "ready";
document.querySelector(".parts > .part.now [aria-invalid=true]")?.focus();

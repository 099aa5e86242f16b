// Places are looked up without leaving the form. Without this script the same buttons send the form.
(() => {
  const form = document.getElementById("join");
  const list = document.getElementById("places");
  const address = form && form.dataset.places;
  if (!address || !window.fetch) return;
  const where = form.elements.where;
  let looked = where.value.trim();
  const look = async (wanted) => {
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${address}?${new URLSearchParams(wanted)}`, { credentials: "same-origin" });
      if (!answer.ok) throw new Error();
      list.innerHTML = await answer.text();
      return true;
    } catch {
      return false;
    } finally {
      list.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=find], button[name=open]");
    if (!button) return;
    event.preventDefault();
    looked = where.value.trim();
    const wanted = button.name === "open" ? { open: button.value } : { where: looked };
    if (!(await look(wanted))) return form.requestSubmit(button);
    // Looking for the place judges nothing: what an earlier attempt was refused for goes, as it does without script.
    for (const told of document.querySelectorAll("main .errors, #join .err")) told.remove();
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  });
  where.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector("button[name=find]").click();
  });
  where.addEventListener("input", () => {
    const typed = where.value.trim();
    if (/^[1-9][0-9]{5}$/.test(typed) && typed !== looked) {
      looked = typed;
      look({ where: typed });
    }
  });
})();
// Short steps: what a part needs is asked for before the next one; a no to the age ends it there. Enter goes on too.
(() => {
  const form = document.querySelector("#join.parts");
  if (!form) return;
  form.addEventListener("click", (event) => {
    const next = event.target.closest(".next");
    if (!next) return;
    const part = next.parentElement;
    const isMinor = form.elements.adult.value === "no";
    const missing = part.querySelector("input:invalid");
    const isUnlooked = part.querySelector("#places:not(:has(fieldset))") && form.elements.where.value.trim();
    if (isMinor || missing || isUnlooked) event.preventDefault();
    if (isMinor) form.requestSubmit();
    else if (isUnlooked) part.querySelector("[name=find]").click();
    else if (missing) {
      missing.setCustomValidity(form.dataset.missing); // in the language of the page, not of the browser
      missing.reportValidity();
      missing.setCustomValidity("");
    }
  });
  form.addEventListener("keydown", (event) => {
    const next = event.target.closest("input")?.closest(".part")?.querySelector(".next");
    if (event.key !== "Enter" || event.defaultPrevented || !next?.offsetParent) return;
    event.preventDefault();
    next.click();
  });
})();

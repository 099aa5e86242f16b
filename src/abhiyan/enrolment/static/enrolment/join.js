// Places are looked up without leaving the form. Without this script the same buttons send the form.
(() => {
  const form = document.getElementById("join");
  const list = document.getElementById("places");
  const address = form && form.dataset.places;
  if (!address || !window.fetch) return;
  const where = form.elements.where;
  let looked = where.value.trim();
  const plainly = (button) => {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    form.submit();
  };
  const look = async (wanted) => {
    list.setAttribute("aria-busy", "true");
    if (form.elements.within) wanted.within = form.elements.within.value;
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
    if (!(await look(wanted))) return plainly(button);
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
    if (/^\p{Nd}{6}$/u.test(typed) && typed !== looked) {
      looked = typed;
      look({ where: typed });
    }
  });
})();
// Short steps: the server judges each one before the next, in the page's language. Without a network the end judges all.
(() => {
  const form = document.querySelector("#join.parts");
  if (!form) return;
  const judge = async (part) => {
    const typed = new FormData(form);
    typed.append("step", part.id);
    try {
      const answer = await fetch(form.action, { method: "POST", body: typed, credentials: "same-origin" });
      return answer.ok ? await answer.json() : { wrong: {} };
    } catch {
      return { wrong: {} };
    }
  };
  const show = (part, wrong) => {
    for (const told of part.querySelectorAll(".err")) told.remove();
    for (const field of part.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const [name, error] of Object.entries(wrong)) {
      const inputs = part.querySelectorAll(`[name=${name}]`);
      inputs[0].closest(".field").insertAdjacentHTML("beforeend", error);
      for (const input of inputs) input.setAttribute("aria-invalid", "true");
    }
    part.querySelector("[aria-invalid]")?.focus();
  };
  form.addEventListener("click", async (event) => {
    const next = event.target.closest(".next");
    if (!next?.parentElement.id) return; // the notice asks nothing
    event.preventDefault();
    const part = next.parentElement;
    if (part.querySelector("#places") && !part.querySelector("#places fieldset") && form.elements.where.value.trim()) {
      part.querySelector("[name=find]").click();
      return;
    }
    next.setAttribute("aria-busy", "true");
    const { wrong, minor } = await judge(part);
    next.removeAttribute("aria-busy");
    if (minor) return form.submit();
    show(part, wrong);
    if (!Object.keys(wrong).length) location.hash = next.hash;
  });
  form.addEventListener("keydown", (event) => {
    const next = event.target.closest("input")?.closest(".part")?.querySelector(".next");
    if (event.key !== "Enter" || event.defaultPrevented || !next?.offsetParent) return;
    event.preventDefault();
    next.click();
  });
})();

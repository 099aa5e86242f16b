// Says that a file is too large before a slow line has carried it; the server says the same of what comes anyway.
for (const form of document.querySelectorAll("form[data-most]")) {
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => {
    const isLarge = [...input.files].some((file) => file.size > Number(form.dataset.most));
    input.setCustomValidity(isLarge ? form.dataset.tooLarge : "");
    input.reportValidity();
  });
  form.addEventListener(
    "submit",
    (event) => {
      if (input.reportValidity()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
}

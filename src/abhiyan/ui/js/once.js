// What would be lost is asked about first. <form data-confirm="words">
document.addEventListener("submit", (event) => {
  const words = event.target.dataset.confirm;
  if (words && !confirm(words)) event.preventDefault();
});
// A form is sent once: on a slow line the second press would be a second act. <form data-once>
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset) || event.defaultPrevented) return;
  if (form.dataset.once === "sent") return event.preventDefault();
  form.dataset.once = "sent";
  const button = event.submitter || form.querySelector("[type=submit]");
  button?.setAttribute("aria-busy", "true");
});
// A page that takes long is seen to be on its way. What comes as a file leaves the page as it is.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a.button[href^="/"]:not([download])');
  if (link && !event.ctrlKey && !/format|poster|\./.test(link.getAttribute("href"))) link.ariaBusy = true;
});
// back from the next page: the form may be sent again
addEventListener("pageshow", () => {
  for (const link of document.querySelectorAll("a[aria-busy]")) link.ariaBusy = null;
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.dataset.once = "";
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

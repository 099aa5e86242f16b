// <a data-sheet> shows its page in the dialog #sheet; so does a form inside. Without script both open the page itself.
const sheet = document.getElementById("sheet");
const shown = async (address, options) => {
  const answer = await fetch(address, options);
  if (answer.redirected || !sheet || !sheet.showModal) return location.assign(answer.url); // signed out meanwhile
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.getElementById("bearer") || page.getElementById("main");
  sheet.firstElementChild.innerHTML = part.innerHTML;
  if (!sheet.open) sheet.showModal();
  sheet.querySelector("h1")?.focus();
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-sheet]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  shown(link.href).catch(() => location.assign(link.href));
});
sheet?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const sent = { method: "POST", body: new URLSearchParams(new FormData(form)) };
  shown(form.action, sent).catch(() => location.assign(form.action));
});

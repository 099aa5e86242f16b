// <button data-theme-to="light|dark|">: an empty value follows the system again.
const root = document.documentElement;
const mark = () => {
  for (const button of document.querySelectorAll("[data-theme-to]"))
    button.setAttribute("aria-pressed", button.dataset.themeTo === (root.dataset.theme || ""));
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-to]");
  if (!button) return;
  const theme = button.dataset.themeTo;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  try {
    if (theme) localStorage.theme = theme;
    else localStorage.removeItem("theme");
  } catch {}
  mark();
});
mark();

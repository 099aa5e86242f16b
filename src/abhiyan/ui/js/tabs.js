// Tabs by the ARIA pattern: arrows move, the chosen tab is the only one in the order of Tab.
for (const list of document.querySelectorAll("[role=tablist]")) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const show = (chosen) => {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", on);
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
    }
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) show(tab);
  });
  list.addEventListener("keydown", (event) => {
    const forward = getComputedStyle(list).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward }[event.key];
    const edge = { Home: tabs[0], End: tabs[tabs.length - 1] }[event.key];
    if (!step && !edge) return;
    event.preventDefault();
    const at = tabs.indexOf(document.activeElement);
    const next = edge || tabs[(at + step + tabs.length) % tabs.length];
    show(next);
    next.focus();
  });
}

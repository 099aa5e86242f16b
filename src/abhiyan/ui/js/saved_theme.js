// Before the first paint: the theme this browser was last set to. It is kept here only, in no cookie.
try {
  if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;
} catch {}

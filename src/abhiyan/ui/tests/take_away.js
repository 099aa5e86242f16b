// Takes from a new browser what an old one had not. paths: as `old_browsers.mjs lacks` names them.
(paths) => {
  for (const path of paths) {
    const parts = path.split(".");
    const last = parts.pop();
    const owner = parts.reduce((one, each) => one && one[each], window);
    if (owner) delete owner[last];
  }
  const Whole = FormData;
  window.FormData = function (form) {
    return form ? new Whole(form) : new Whole(); // it knows no button
  };
  for (const owner of [Element, Document])
    for (const name of ["querySelector", "querySelectorAll", "closest", "matches"]) {
      const real = owner.prototype[name];
      owner.prototype[name] = function (words) {
        if (/:(has|is|where)\(|:not\([^)]*,/.test(words)) throw new SyntaxError(words);
        return real.call(this, words);
      };
    }
};

// Narrows a list by what is typed, on the page itself: also without a network, and in the digits of any script.
const plain = (text) =>
  text.toLowerCase().replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0);
    let n = 0;
    while (n < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - n - 1))) n += 1;
    return n;
  });
for (const field of document.querySelectorAll("[data-narrow]")) {
  field.closest("[hidden]").hidden = false;
  field.addEventListener("input", () => {
    const wanted = plain(field.value.trim());
    for (const row of document.querySelectorAll(field.dataset.narrow))
      row.classList.toggle("vh", !plain(row.textContent).includes(wanted));
  });
}

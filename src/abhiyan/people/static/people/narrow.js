// Narrows a list by what is typed, as search on the server does: by sound, in any script, also without a network.
import { isCalled } from "./names.js";

for (const field of document.querySelectorAll("[data-narrow]")) {
  field.closest("[hidden]").hidden = false;
  field.addEventListener("input", () => {
    const text = field.value.trim();
    for (const row of document.querySelectorAll(field.dataset.narrow)) {
      const { sounds } = (row.querySelector("[data-sounds]") ?? row).dataset;
      row.classList.toggle("vh", text !== "" && !isCalled(sounds.split(" "), text));
    }
  });
}

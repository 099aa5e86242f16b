// The questions of a form: those with a condition, and a place.
import "../ui/asked.js";

// The place of the phone: a button beside each field for one. <input data-place>
for (const field of document.querySelectorAll("input[data-place]")) {
  const words = document.getElementById("place-words");
  if (!navigator.geolocation || !words) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary gap-top";
  button.textContent = words.dataset.ask;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)} ±${Math.round(coords.accuracy)}`;
        button.removeAttribute("aria-busy");
      },
      () => {
        button.textContent = words.dataset.failed;
        button.removeAttribute("aria-busy");
      },
      { enableHighAccuracy: true, timeout: 20000 },
    );
  });
  field.after(button);
}

// A mark in the field: what the phone knows of its place and its clock goes with it. Without a place it is still a mark.
const form = document.querySelector("form[data-mark]");
const told = document.getElementById("where");
if (form && told) {
  const say = (words) => (told.textContent = words);
  if (navigator.geolocation) {
    navigator.geolocation.watchPosition(
      ({ coords }) => {
        const at = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
        form.elements.place.value = `${at} ±${Math.round(coords.accuracy)}`;
        say(told.dataset.known.replace("{n}", Math.round(coords.accuracy)));
      },
      () => say(told.dataset.unknown),
      { enableHighAccuracy: true, maximumAge: 60000, timeout: 30000 },
    );
  } else say(told.dataset.unknown);
  // Before the outbox reads the form.
  document.addEventListener("submit", () => (form.elements.clock.value = Date.now()), true);
}

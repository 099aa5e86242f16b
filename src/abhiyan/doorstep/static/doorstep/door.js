// The notice at the door: that it was played is noted with the entry; and the cursor waits where the person begins.
const door = document.getElementById("door");
if (door) {
  door.addEventListener(
    "play", // it does not bubble
    () => {
      const given = document.getElementById("given");
      door.elements.given.value = "2";
      given.textContent = given.dataset.played;
    },
    true,
  );
  addEventListener("hashchange", () => location.hash === "#person" && door.elements.phone.focus());
}

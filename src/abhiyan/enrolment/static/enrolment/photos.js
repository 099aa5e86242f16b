// Makes photographs small enough for a slow line before they are sent: a sheet reads well at 2,400 points across.
// Where the browser cannot, they go as they are, and the server says what is too large.
const LONGEST = 2400;
const QUALITY = 0.8;
const MOST_BYTES = 15 * 1024 * 1024; // of one request

for (const form of document.querySelectorAll("form[data-photos]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const input = form.querySelector("input[type=file]");
    const button = form.querySelector("[type=submit]");
    button.setAttribute("aria-busy", "true");
    const chosen = new DataTransfer();
    for (const file of input.files) chosen.items.add(await smaller(file));
    input.files = chosen.files;
    const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
    input.setCustomValidity(bytes > MOST_BYTES ? form.dataset.photos : "");
    if (input.reportValidity()) return form.submit();
    button.removeAttribute("aria-busy");
  });
}

async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 1024 * 1024) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && blob.size < file.size ? new File([blob], `${file.name}.jpg`, { type: blob.type }) : file;
  } catch {
    return file;
  }
}

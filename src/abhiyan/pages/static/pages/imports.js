// Uploads a file piece by piece, so that a lost connection costs one piece and not the file. Without this module
// the form is sent whole. The server says where to go on; a piece whose answer was lost is answered again.
const PAUSES_MS = [1000, 2000, 5000, 10000, 20000];

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    upload(form);
  });
}

async function upload(form) {
  const box = form.querySelector("[data-uploading]");
  const bar = box.querySelector("progress");
  const said = form.querySelector("[data-said]");
  const trouble = form.querySelector("[data-trouble]");
  const button = form.querySelector("[type=submit]");
  const input = form.querySelector("input[type=file]");
  const file = input.files[0];
  const tell = (text) => {
    trouble.textContent = text;
    trouble.hidden = !text;
    button.removeAttribute("aria-busy");
    button.disabled = false;
  };
  if (!file) return tell(said.dataset.choose);
  tell("");
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  const data = new FormData(form);
  data.delete("file");
  data.set("file_name", file.name);
  data.set("file_bytes", String(file.size));
  const token = data.get("csrfmiddlewaretoken");
  let begun;
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
    begun = await answer.json();
    if (!answer.ok) return tell(begun.message || said.dataset.failed);
  } catch {
    return tell(said.dataset.failed);
  }
  box.hidden = false;
  let at = begun.received;
  let failures = 0;
  while (at < file.size) {
    bar.value = (at * 100) / file.size;
    bar.textContent = `${Math.floor(bar.value)} %`;
    try {
      const answer = await fetch(begun.piece, {
        method: "POST",
        body: file.slice(at, at + begun.piece_bytes),
        headers: {
          Accept: "application/json",
          "Content-Type": "application/octet-stream",
          "Upload-Offset": String(at),
          "X-CSRFToken": token,
        },
      });
      const told = await answer.json();
      if (typeof told.received !== "number") {
        if (answer.status < 500) return tell(told.message || said.dataset.failed);
        throw new Error("server");
      }
      at = told.received;
      failures = 0;
      said.textContent = "";
    } catch {
      if (failures === PAUSES_MS.length) return tell(said.dataset.failed);
      said.textContent = said.dataset.retry;
      await new Promise((done) => setTimeout(done, PAUSES_MS[failures]));
      failures += 1;
    }
  }
  bar.value = 100;
  location.assign(begun.page);
}

// Makes photographs small enough for a slow line, and sends them one by one: a sheet reads well at 2,400 points
// across. Where the browser cannot, they go as they are; what is too large is said at once, by name and size.
const LONGEST = 2400;
const QUALITY = 0.8;
const MB = 1024 * 1024;

for (const form of document.querySelectorAll("form[data-photos]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.querySelector("[type=submit]").getAttribute("aria-busy") !== "true") send(form);
  });
}

async function send(form) {
  const input = form.querySelector("input[type=file]");
  const button = form.querySelector("[type=submit]");
  const list = form.querySelector("[data-uploads]");
  list.hidden = false;
  list.textContent = "";
  if (!input.files.length) return line(list, "").say(form.dataset.empty, true);
  button.setAttribute("aria-busy", "true");
  const left = new DataTransfer();
  const lines = [...input.files].map((file) => [file, line(list, file.name)]);
  for (const [file, shown] of lines) {
    const sent = await one(form, file, shown);
    if (!sent) left.items.add(file);
  }
  input.files = left.files; // what is not kept stays chosen
  const page = await fetch(location.href).then((answer) => answer.text(), () => "");
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("gallery");
  if (fresh) document.getElementById("gallery")?.replaceWith(fresh);
  button.removeAttribute("aria-busy");
}

function line(list, name) {
  const item = document.createElement("li");
  const bar = document.createElement("progress");
  const said = document.createElement("span");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", name);
  item.append(name, " ", said, ...(name ? [bar] : []));
  list.append(item);
  return {
    move: (part) => {
      bar.value = part;
    },
    say: (text, bad) => {
      said.textContent = text;
      said.className = bad ? "err" : "muted";
      bar.remove();
    },
  };
}

async function one(form, file, shown) {
  const most = Number(form.dataset.photos);
  const small = await smaller(file);
  if (small.size > most * MB) {
    shown.say(`${(file.size / MB).toFixed(1)} MB (> ${most} MB): ${form.dataset.large}`, true);
    return false;
  }
  const data = new FormData(form);
  data.set("photos", small);
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", location.pathname);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && shown.move(event.loaded / event.total);
    request.onerror = () => {
      shown.say(form.dataset.failed, true);
      done(false);
    };
    request.onload = () => {
      const is_kept = request.status === 200;
      const said = request.response?.message;
      shown.say(is_kept ? `✓ ${said}` : said || form.dataset.failed, !is_kept);
      done(is_kept || request.status === 409); // there already: not to be sent again
    };
    request.send(data);
  });
}

async function smaller(file) {
  if (!window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < MB) return file;
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

// Questions with a condition are there only while they are asked. <div data-when="name" data-op="=" data-value="yes">
// The server judges by the same rule (rules/questions.py is_asked); what is hidden is not sent.
const compare = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};
const asked = [...document.querySelectorAll("[data-when]")];

function given(form, name) {
  const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((one) => !one.disabled);
  const chosen = fields.filter((one) => (/^(radio|checkbox)$/.test(one.type) ? one.checked : one.value.trim()));
  return chosen.map((one) => one.value.trim());
}

function isAsked({ when, op, value }, form) {
  const answers = given(form, when);
  if (!answers.length) return false;
  const isText = !form.querySelector(`[name="${CSS.escape(when)}"][type=text]`);
  if (isText) return answers.includes(value) === (op === "=");
  return compare[op](Number(answers[0].replace(/[, ]/g, "")), Number(value));
}

function show() {
  for (const part of asked) {
    const is = isAsked(part.dataset, part.closest("form"));
    part.hidden = !is;
    for (const field of part.querySelectorAll("input, textarea, select")) field.disabled = !is;
  }
}
document.addEventListener("input", show);
show();

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

// What a form sends by the button that was pressed. Older browsers say neither which it was nor add it themselves.
let last = null;
const note = (event) => (last = event.target.closest("button, [type=submit]"));
document.addEventListener("click", note, true); // Enter in a field presses the form's first button

export function pressed(event) {
  return event.submitter ?? (last && last.form === event.target ? last : null);
}

export function fieldsOf(form, button) {
  const fields = new FormData(form);
  if (button && button.name) fields.append(button.name, button.value);
  return fields;
}

// The form goes as it would without script.
export function sendPlainly(form, button) {
  if (button && button.name) {
    const chosen = document.createElement("input");
    form.append(Object.assign(chosen, { type: "hidden", name: button.name, value: button.value }));
  }
  HTMLFormElement.prototype.submit.call(form);
}

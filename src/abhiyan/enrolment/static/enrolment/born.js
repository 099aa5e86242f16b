// Beside a year of birth the age it makes, and beside an age the year, before the form is sent. <input data-birth>
// The checks are fetched once something is typed: a page for joining stays light.
for (const field of document.querySelectorAll("input[data-birth]")) {
  const { born, years, birth } = field.dataset;
  const ways = JSON.parse(birth);
  const beside = document.createElement("span");
  beside.className = "hint";
  beside.setAttribute("role", "status");
  field.after(beside);
  const show = async (isDone) => {
    if (!field.value) return (beside.textContent = "");
    const { birthSaid, thisYear } = await import("../ui/checks.js");
    const said = birthSaid(field.value, ways);
    const age = said ? thisYear(ways.year) - said.year : -1;
    const isOne = age >= 0 && age <= ways.oldest;
    const words = isOne && (said.age === null ? years.replace("{age}", age) : born.replace("{year}", said.year));
    beside.textContent = words || "";
    if (isDone && said && said.age === null) field.value = said.year; // of a date of birth only the year is sent
  };
  field.addEventListener("input", () => show(false));
  field.addEventListener("change", () => show(true));
  field.form.addEventListener("input", () => show(false)); // a draft is put back
  show(false);
}

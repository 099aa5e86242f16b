// Beside a year of birth the age it makes, and beside an age the year, before the form is sent. <input data-birth>
import { birthSaid, thisYear } from "../ui/checks.js";

for (const field of document.querySelectorAll("input[data-birth]")) {
  const { born, years, birth } = field.dataset;
  const ways = JSON.parse(birth);
  const beside = document.createElement("span");
  beside.className = "hint";
  beside.setAttribute("role", "status");
  field.after(beside);
  const show = () => {
    const said = birthSaid(field.value, ways);
    const age = said ? thisYear(ways.year) - said.year : -1;
    const isOne = age >= 0 && age <= ways.oldest;
    const words = isOne && (said.age === null ? years.replace("{age}", age) : born.replace("{year}", said.year));
    beside.textContent = words || "";
  };
  field.addEventListener("input", show);
  field.addEventListener("change", () => {
    const said = birthSaid(field.value, ways);
    if (said && said.age === null) field.value = said.year; // of a date of birth only the year is sent
  });
  field.form.addEventListener("input", show); // a draft is put back
  show();
}

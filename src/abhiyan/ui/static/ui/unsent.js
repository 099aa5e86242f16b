// The page "Not sent yet": what waits on this phone, and what it sent lately.
import { drop, mine, sentLately } from "./outbox.js";

// As dates are written on our other pages: 28 Nov, 16:54.
function timeOf(ms, months) {
  const at = new Date(ms);
  const minutes = String(at.getMinutes()).padStart(2, "0");
  return `${at.getDate()} ${months[at.getMonth()]}, ${String(at.getHours()).padStart(2, "0")}:${minutes}`;
}

export async function listUnsent(place) {
  const words = place.dataset;
  const months = words.months.split("|");
  const all = await mine();
  document.getElementById("nothing").hidden = all.length > 0;
  document.getElementById("unsafe").hidden = all.length === 0 || (await navigator.storage?.persisted?.()) === true;
  const rows = all.map((one) => {
    const row = document.getElementById("record").content.cloneNode(true);
    row.querySelector("b").textContent = `${one.kind}: ${one.title}`;
    row.querySelector(".st").textContent = one.state === "final" && one.tried ? words.tried : words[one.state];
    row.querySelector(".of").textContent = one.state === "refused" ? one.why : timeOf(one.done ?? one.made, months);
    const ask = row.querySelector("[data-asks]");
    if (one.state === "refused" && one.asks) ask.querySelector("a").href = one.asks;
    else ask.remove();
    const opens = one.opens ?? one.page;
    const open = row.querySelector(".push a");
    open.href = one.state === "draft" ? opens : `${opens}${opens.includes("?") ? "&" : "?"}mend=${one.key}`;
    if (one.state !== "draft") open.textContent = words.open;
    row.querySelector("button").addEventListener("click", async () => {
      if (!confirm(one.tried ? words.sureTried : words.sure)) return;
      if (!(await drop(one.key))) alert(words.busy);
    });
    return row;
  });
  place.textContent = "";
  place.append(...rows);
  listSent(document.getElementById("sent"), months);
}

function listSent(place, months) {
  const kinds = new Map(); // kind → how many today, how many before, when last
  for (const { kind, at } of sentLately()) {
    const is = kinds.get(kind) ?? { now: 0, before: 0, last: 0 };
    if (new Date(at).toDateString() === new Date().toDateString()) is.now += 1;
    else is.before += 1;
    is.last = Math.max(is.last, at);
    kinds.set(kind, is);
  }
  place.hidden = kinds.size === 0;
  const list = place.querySelector("ul");
  list.textContent = "";
  for (const [kind, is] of kinds) {
    const row = document.getElementById("sent-kind").content.cloneNode(true);
    for (const [name, text] of Object.entries({ kind, now: is.now, before: is.before, last: timeOf(is.last, months) }))
      row.querySelector(`.${name}`).textContent = text;
    list.append(row);
  }
}

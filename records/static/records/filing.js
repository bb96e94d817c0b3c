// Filing by drop: one row per file with its own tipo, date, progress and result. Texts of refusals come from the server.
"use strict";

const AT_ONCE = 2;
const FIRST_LOOK = 1200;
const MOST_LOOKS = 40;

const form = document.querySelector("[data-filing]");
const rowsBox = form.querySelector("[data-rows]");
const foot = form.querySelector("[data-foot]");
const model = form.querySelector("template[data-row]");
const acceptAll = form.querySelector("[data-accept]");
const sendButton = form.querySelector("[data-send]");
const say = form.querySelector("[data-say]");
const batch = newId();
const rows = [];
let made = 0;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function sizeOf(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  let step = 0;
  let amount = bytes;
  while (amount >= 1000 && step < units.length - 1) {
    amount /= 1000;
    step += 1;
  }
  return `${amount.toLocaleString("es-CO", { maximumFractionDigits: step && amount < 100 ? 1 : 0 })} ${units[step]}`;
}

// Marks that reorder text are not shown; the name itself is sent as it is.
function shownName(name) {
  const plain = name.replace(/[\u0000-\u001f\u007f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "");
  return plain.length > 180 ? `${plain.slice(0, 160)}…${plain.slice(-12)}` : plain;
}

function part(row, name) {
  return row.element.querySelector(`[data-${name}]`);
}

function addFiles(files) {
  const added = Array.from(files, addRow);
  if (!added.length) return;
  rowsBox.hidden = false;
  foot.hidden = false;
  suggest(added);
  tell();
  // The list of fields is where the reader goes next.
  part(added[0], "tipo").focus({ preventScroll: false });
}

function addRow(file) {
  const element = model.content.firstElementChild.cloneNode(true);
  const row = { file, element, state: "waiting", suggestion: {} };
  made += 1;
  part(row, "name").textContent = shownName(file.name);
  part(row, "remove-name").textContent = ` ${shownName(file.name)}`;
  part(row, "bar").setAttribute("aria-label", shownName(file.name));
  part(row, "detail").textContent = sizeOf(file.size);
  element.querySelectorAll("[data-decision]").forEach((choice) => { choice.name = `decision-${made}`; });
  part(row, "remove").addEventListener("click", () => remove(row));
  part(row, "retry").addEventListener("click", () => send(row));
  part(row, "tipo").addEventListener("change", () => offer(row));
  part(row, "date").addEventListener("input", () => offer(row));
  rows.push(row);
  rowsBox.append(element);
  window.custodiaPickers(element);
  return row;
}

function remove(row) {
  rows.splice(rows.indexOf(row), 1);
  row.element.remove();
  rowsBox.hidden = rows.length === 0;
  foot.hidden = rows.length === 0;
  tell();
  (rows.length ? part(rows[0], "remove") : form.querySelector("[data-choose]")).focus();
}

// What the names say of tipo and date: shown beside the field, set only when the reader accepts it.
async function suggest(added) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  added.forEach((row) => body.append("name", row.file.name));
  const answer = await fetch(form.dataset.suggest, { method: "POST", body }).catch(() => null);
  if (!answer || !answer.ok) return;
  const { suggestions } = await answer.json();
  added.forEach((row, index) => {
    row.suggestion = suggestions[index] || {};
    offer(row);
  });
}

function offer(row) {
  const { tipo, tipo_name: name, why, date } = row.suggestion;
  offerOne(part(row, "tipo-offer"), part(row, "tipo"), tipo, `Sugerido: ${name} (el nombre dice «${why}»)`);
  offerOne(part(row, "date-offer"), part(row, "date"), date, `Sugerida: ${date} (del nombre)`);
  acceptAll.hidden = !form.querySelector(".filing-offer:not([hidden])");
}

function offerOne(place, field, value, words) {
  place.replaceChildren();
  place.hidden = !value || field.value !== "" || field.disabled;
  if (place.hidden) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-link";
  button.textContent = "Usar";
  button.dataset.use = "";
  button.addEventListener("click", () => {
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  place.append(`${words} `, button);
}

acceptAll.addEventListener("click", () => {
  form.querySelectorAll(".filing-offer:not([hidden]) [data-use]").forEach((button) => button.click());
  sendButton.focus();
});

function missing(row) {
  const parts = [];
  if (!part(row, "tipo").value) parts.push("el tipo documental");
  if (!part(row, "date").value.trim()) parts.push("la fecha del documento");
  if (row.file.size > Number(form.dataset.most)) parts.push("un archivo dentro del tamaño admitido");
  return parts;
}

function fault(row, sentence) {
  const place = part(row, "fault");
  place.textContent = sentence;
  place.hidden = !sentence;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const waiting = rows.filter((row) => row.state === "waiting" || row.state === "refused");
  const ready = waiting.filter((row) => {
    const parts = missing(row);
    fault(row, parts.length ? `${parts.length > 1 ? "Faltan" : "Falta"} ${parts.join(" y ")}.` : "");
    return parts.length === 0;
  });
  const first = waiting.find((row) => !ready.includes(row));
  if (first) part(first, part(first, "tipo").value ? "date" : "tipo").focus();
  queue(ready);
});

async function queue(ready) {
  const line = ready.slice();
  const worker = async () => {
    while (line.length) await send(line.shift());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function send(row) {
  const parts = missing(row);
  fault(row, parts.length ? `${parts.length > 1 ? "Faltan" : "Falta"} ${parts.join(" y ")}.` : "");
  if (parts.length || row.state === "sending" || row.state === "filed") return Promise.resolve();
  become(row, "sending", "0 %");
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => progress(row, event));
    request.addEventListener("load", () => finish(row, request, done));
    request.addEventListener("error", () => {
      refuse(row, { sentence: "No se radicó. Se cortó la conexión; vuelva a intentarlo." });
      done();
    });
    request.send(bodyOf(row));
  });
}

function bodyOf(row) {
  const body = new FormData();
  const decision = row.element.querySelector("[data-decision]:checked");
  body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  body.append("tipo", part(row, "tipo").value);
  body.append("date", part(row, "date").value.trim());
  body.append("title", part(row, "title").value);
  body.append("name", row.file.name);
  body.append("batch", batch);
  body.append("duplicate", decision ? decision.value : "");
  body.append("motivo", part(row, "reason").value);
  body.append("file", row.file);
  return body;
}

function progress(row, event) {
  if (!event.lengthComputable) return;
  const percent = Math.floor((event.loaded / event.total) * 100);
  part(row, "bar").value = percent;
  part(row, "words").textContent = percent < 100 ? `${percent} %` : "Recibido; se está inspeccionando";
}

function become(row, state, words) {
  row.state = state;
  row.element.classList.remove("is-sending", "is-filed", "is-refused");
  row.element.classList.add(`is-${state}`);
  part(row, "bar").hidden = state === "refused";
  part(row, "words").textContent = words;
  part(row, "remove").hidden = state === "sending" || state === "filed";
  part(row, "retry").hidden = state !== "refused";
  row.element.querySelectorAll("select, input").forEach((field) => { field.disabled = state === "sending" || state === "filed"; });
}

function finish(row, request, done) {
  const answer = request.response;
  if (request.status === 201 && answer && answer.ok) file(row, answer);
  else refuse(row, answer || { sentence: "No se radicó. El servicio no pudo responder; vuelva a intentarlo." });
  done();
}

function file(row, receipt) {
  become(row, "filed", "");
  part(row, "bar").value = 100;
  const link = document.createElement("a");
  link.href = receipt.url;
  link.textContent = `Radicado ${receipt.radicado}`;
  const reading = document.createElement("span");
  reading.className = "filerow-detail";
  reading.textContent = "Por leer";
  part(row, "words").replaceChildren(link, reading);
  const folios = receipt.folio_first === receipt.folio_last ? `folio ${receipt.folio_first}` : `folios ${receipt.folio_first}–${receipt.folio_last}`;
  part(row, "detail").textContent = `${sizeOf(receipt.bytes)} · ${folios} · sha256 ${receipt.sha256.slice(0, 4)}…${receipt.sha256.slice(-4)}`;
  const chosen = part(row, "tipo").selectedOptions[0].textContent;
  const told = document.createElement("p");
  told.textContent = `${chosen} · ${part(row, "date").value}`;
  part(row, "fields").replaceChildren(told);
  const receiptLink = form.querySelector("[data-receipt-link]");
  receiptLink.href = form.dataset.receipt.replace("00000000-0000-0000-0000-000000000000", batch);
  receiptLink.hidden = false;
  tell(`Se radicó ${shownName(row.file.name)} con el número ${receipt.radicado}.`);
  refreshTable();
  watch(receipt.reading_url, reading, 0);
}

function refuse(row, answer) {
  become(row, "refused", "No se radicó");
  fault(row, answer.sentence);
  part(row, "twin").hidden = answer.code !== "duplicate" && part(row, "twin").hidden;
  tell(`No se radicó ${shownName(row.file.name)}. ${answer.sentence}`);
}

// How the reading goes, for a while and ever more slowly; later the page itself tells it.
function watch(url, place, looks) {
  if (looks >= MOST_LOOKS) return;
  setTimeout(async () => {
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const reading = await answer.json();
    place.textContent = reading.label;
    if (!reading.done) watch(url, place, looks + 1);
    else refreshTable();
  }, FIRST_LOOK * (1 + looks / 8));
}

let refreshing = 0;
function refreshTable() {
  clearTimeout(refreshing);
  refreshing = setTimeout(async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of ["#documentos", ".pagehead-state"]) {
      const fresh = page.querySelector(place);
      const old = document.querySelector(place);
      if (fresh && old) old.replaceWith(document.adoptNode(fresh));
    }
  }, 700);
}

function tell(words) {
  const filed = rows.filter((row) => row.state === "filed").length;
  form.querySelector("[data-count]").textContent = rows.length ? `${filed} de ${rows.length} radicados` : "";
  const left = rows.filter((row) => row.state === "waiting" || row.state === "refused").length;
  sendButton.hidden = left === 0;
  sendButton.textContent = left === 1 ? "Radicar 1 archivo" : `Radicar ${left} archivos`;
  if (words) say.textContent = words;
}

form.querySelector("[data-choose]").addEventListener("change", (event) => {
  addFiles(event.target.files);
  event.target.value = "";
});

for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => {
    if (!Array.from(event.dataTransfer.types).includes("Files")) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
}
form.addEventListener("dragleave", (event) => {
  if (!form.contains(event.relatedTarget)) form.classList.remove("is-over");
});
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("is-over");
  addFiles(event.dataTransfer.files);
});

// The primary button of the page leads here instead of to the form of rows.
const lead = document.querySelector(".pagehead-actions a");
if (lead && lead.pathname === new URL(form.action).pathname) {
  lead.addEventListener("click", (event) => {
    event.preventDefault();
    form.scrollIntoView({ block: "start" });
    form.querySelector("[data-choose]").click();
  });
}

window.addEventListener("beforeunload", (event) => {
  if (rows.some((row) => row.state === "sending")) event.preventDefault();
});

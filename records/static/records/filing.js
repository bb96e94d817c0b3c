// The drop zone: files arrive by themselves, two or three at once, while the person says what each one is; then they
// are filed. What was not filed waits on the server and is here again when the page is.
"use strict";

const ARRIVING_AT_ONCE = 3;
const NOTHING = "00000000-0000-0000-0000-000000000000";
// Seconds between two sentences read aloud while things go on.
const QUIET = 6;

const form = document.querySelector("[data-filing]");
const rowsBox = form.querySelector("[data-rows]");
const model = form.querySelector("template[data-row]");
const acceptAll = form.querySelector("[data-accept]");
const sendButton = form.querySelector("[data-send]");
const nextFault = form.querySelector("[data-next-fault]");
const allTipo = form.querySelector("[data-all-tipo]");
const allDate = form.querySelector("[data-all-date]");
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
const gesture = newId();
const receipts = new Map();
const rows = [];
const lines = { arriving: 0 };

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function inState(...states) {
  return rows.filter((row) => states.includes(row.state));
}

// Rows ------------------------------------------------------------------------------------------

function addRow(name, size) {
  const row = new Row(model, name, size);
  row.part("pause").addEventListener("click", () => pause(row));
  row.part("resume").addEventListener("click", () => enqueue(row));
  row.part("retry").addEventListener("click", () => want(row));
  row.part("remove").addEventListener("click", () => remove(row));
  row.part("another-file").addEventListener("change", (event) => another(row, event.target));
  rows.push(row);
  rowsBox.append(row.element);
  window.custodiaPickers(row.element);
  return row;
}

function addFiles(files) {
  const dropped = Array.from(files);
  const added = dropped.filter((file) => !goesOn(file)).map((file) => {
    const row = addRow(file.name, file.size);
    give(row, file);
    return row;
  });
  if (!dropped.length) return;
  suggest(added);
  tell();
  // The list of fields is where the reader goes next.
  if (added.length) added[0].part("tipo").focus({ preventScroll: false });
}

function give(row, file, url = "") {
  row.rename(file.name, file.size);
  row.fault("");
  row.arrival = new Arrival(file, { token, uploads: form.dataset.uploads, url, batch: gesture, on: listener(row) });
  enqueue(row);
}

// A file that was cut in an earlier visit is known by its name and size, and then by its bytes.
function goesOn(file) {
  const row = rows.find((one) => one.state === "cut" && one.name === file.name && one.size === file.size);
  if (row) continueWith(row, file);
  return Boolean(row);
}

async function continueWith(row, file) {
  row.become("looking", "Se compara con lo que ya llegó");
  if (file.size === row.size && (await isTheSame(file, row.url).catch(() => false))) return give(row, file, row.url);
  row.become("cut", `Llegó el ${row.part("bar").value} %`);
  row.fault("Ese archivo no empieza con lo que ya llegó. Elija el mismo, o quite este y suelte el otro.");
  return tell();
}

function another(row, input) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  if (row.state === "cut") continueWith(row, file);
  else {
    row.suggestion = {};
    give(row, file);
    suggest([row]);
    row.focusFirst();
  }
}

function remove(row) {
  const place = rows.indexOf(row);
  rows.splice(place, 1);
  row.element.remove();
  if (row.arrival) row.arrival.drop();
  else if (row.url) new Arrival(null, { token, url: row.url }).drop();
  fileNext();
  tell();
  const next = rows[place] || rows[place - 1];
  (next ? next.part("remove") : form.querySelector("[data-choose]")).focus();
}

// Arriving --------------------------------------------------------------------------------------

function enqueue(row) {
  row.become("queued", "En espera");
  arriveNext();
}

function arriveNext() {
  const [next] = inState("queued");
  if (!next || lines.arriving >= ARRIVING_AT_ONCE) return;
  lines.arriving += 1;
  next.become("sending", next.part("words").textContent);
  next.arrival.start().finally(() => {
    lines.arriving -= 1;
    arriveNext();
  });
  arriveNext();
}

function listener(row) {
  return {
    progress: (offset) => row.progress(offset, row.arrival.left(offset)),
    waiting: (sentence) => { row.part("words").textContent = sentence || "Se cortó; se vuelve a intentar"; },
    paused: (sentence) => {
      row.become("paused", "En pausa");
      row.fault(sentence || "Se cortó la conexión. Lo que llegó queda guardado: oprima Continuar.");
      fileNext();
      tell();
    },
    refused: (refusal) => refuse(row, refusal),
    done: (facts) => receive(row, facts),
  };
}

function pause(row) {
  row.arrival.pause();
  row.become("paused", `En pausa · ${row.part("bar").value} %`);
  fileNext();
}

function refuse(row, refusal) {
  const goesOnLater = refusal.code === "session" || refusal.code === "file";
  row.become(goesOnLater ? "paused" : "refused", goesOnLater ? "En pausa" : "");
  row.fault(refusal.message);
  fileNext();
  tell(`${shownName(row.name)}: ${refusal.message}`);
}

function receive(row, facts) {
  row.url = row.arrival ? row.arrival.url : row.url;
  row.batch = facts.batch;
  if (facts.state === "quarantined" || facts.state === "discarded") {
    row.become("refused", "");
    row.fault(facts.lacks.join(" "));
    fileNext();
    return tell(`${shownName(row.name)}. ${facts.lacks.join(" ")}`);
  }
  row.become("received", "Llegó completo");
  row.describe(facts);
  row.fault(facts.lacks.filter((sentence) => !/^Faltan? /.test(sentence)).join(" "));
  if (row.wanted) want(row);
  tell();
}

// Suggestions -----------------------------------------------------------------------------------

// What the names say of tipo and date, before the contents have come: shown beside the field, set only on a click.
async function suggest(added) {
  if (!added.length) return;
  const body = new URLSearchParams({ csrfmiddlewaretoken: token });
  added.forEach((row) => body.append("name", row.name));
  const answer = await fetch(form.dataset.suggest, { method: "POST", body }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  const { suggestions } = await answer.json();
  added.forEach((row, index) => {
    row.suggestion = { ...said(suggestions[index] || {}), ...row.suggestion };
    row.offer();
  });
}

form.addEventListener("offered", () => {
  acceptAll.hidden = !form.querySelector(".filing-offer:not([hidden])");
});

acceptAll.addEventListener("click", () => {
  form.querySelectorAll(".filing-offer:not([hidden]) [data-use]").forEach((button) => button.click());
  sendButton.focus();
});

// The same for all is said once, and put only where nothing was said.
form.querySelector("[data-all-put]").addEventListener("click", () => {
  let put = 0;
  for (const row of rows) {
    for (const [name, source] of [["tipo", allTipo], ["date", allDate]]) {
      const field = row.part(name);
      if (!field || field.disabled || field.value.trim() || !source.value.trim()) continue;
      field.value = source.value;
      put += 1;
    }
    if (row.part("tipo-offer")) row.offer();
  }
  tell(put ? `Se llenaron ${put} casillas.` : "No había casillas por llenar.", true);
});

// Filing ----------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const unsaid = left().filter((row) => !want(row));
  if (unsaid.length) unsaid[0].firstMissing().focus();
});

function left() {
  return rows.filter((row) => !["filed", "filing", "refused"].includes(row.state));
}

// The person wants it filed: at once, or when it has come. False while something is unsaid.
function want(row) {
  const missing = row.missing();
  row.fault(missing);
  row.wanted = !missing;
  if (row.wanted && ["received", "failed"].includes(row.state)) {
    row.become("filing", "Se está radicando");
  }
  fileNext();
  tell();
  return row.wanted;
}

// One at a time and in the order of the rows, which radicado, orden and folios then follow. A wanted row that still
// arrives is waited for; one that lacks something to be said, or stopped, holds up none.
function fileNext() {
  const next = rows.find((row) => row.wanted && ["queued", "sending", "filing"].includes(row.state));
  if (!next || next.state !== "filing" || inState("filing").some((row) => row.asked)) return;
  next.asked = true;
  file(next).finally(() => {
    next.asked = false;
    fileNext();
  });
}

async function file(row) {
  const body = row.body();
  body.set("csrfmiddlewaretoken", token);
  const options = { method: "POST", body, headers: { Accept: "application/json" } };
  const answer = await fetch(`${row.url}radicar/`, options).catch(() => null);
  const told = answer && !answer.redirected ? await answer.json().catch(() => null) : null;
  if (answer && answer.status === 201 && told) return filed(row, told);
  row.wanted = false;
  const sentence = answer && answer.redirected ? SESSION_ENDED : "No hubo respuesta. El archivo sigue guardado; vuelva a intentarlo.";
  failed(row, told || { sentence });
}

function filed(row, receipt) {
  row.file(receipt);
  receipts.set(receipt.batch, (receipts.get(receipt.batch) || 0) + 1);
  showReceipts();
  refreshTable();
  tell();
}

function failed(row, told) {
  const state = told.draft ? told.draft.state : "waiting";
  row.become(state === "quarantined" ? "refused" : "failed", "");
  if (told.draft) row.meet(told.draft.twin);
  row.fault(/^No se radicó/.test(told.sentence) ? told.sentence : `No se radicó. ${told.sentence}`);
  tell();
}

function showReceipts() {
  const links = Array.from(receipts, ([batch, count]) => {
    const link = document.createElement("a");
    link.href = form.dataset.receipt.replace(NOTHING, batch);
    link.dataset.receiptLink = "";
    link.textContent = receipts.size > 1 ? `Recibo de lo radicado (${count})` : "Recibo de lo radicado";
    return link;
  });
  form.querySelector("[data-receipts]").replaceChildren(...links);
}

let refreshing = 0;
let looks = 0;
function refreshTable() {
  clearTimeout(refreshing);
  refreshing = setTimeout(refresh, 700);
  looks = 0;
}

// Again, ever more slowly, while what was filed is being read.
async function refresh() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of ["#documentos", ".pagehead-state"]) {
    const fresh = page.querySelector(place);
    const old = document.querySelector(place);
    if (fresh && old && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(fresh));
  }
  looks += 1;
  if (looks < 6 && /Por leer/.test(page.querySelector("#documentos")?.textContent || "")) refreshing = setTimeout(refresh, 2000 * looks);
}

// What is told -----------------------------------------------------------------------------------

let saying = 0;
let saidAt = 0;
function tell(words, atOnce) {
  const done = inState("filed").length;
  const faulty = inState("failed", "refused", "paused", "cut");
  const arriving = inState("queued", "sending").length;
  rowsBox.hidden = form.querySelector("[data-foot]").hidden = rows.length === 0;
  form.querySelector("[data-all]").hidden = left().length < 2;
  form.querySelector("[data-count]").textContent = rows.length ? `${done} de ${rows.length} radicados` : "";
  const waiting = left().filter((row) => !row.wanted).length;
  sendButton.hidden = waiting === 0;
  sendButton.textContent = waiting === 1 ? "Radicar 1 archivo" : `Radicar ${waiting} archivos`;
  nextFault.hidden = faulty.length === 0;
  nextFault.textContent = faulty.length === 1 ? "Ir al que necesita su atención" : `Ir al primero de ${faulty.length} que necesitan su atención`;
  const now = [`${done} de ${rows.length} radicados`, arriving ? `${arriving} por llegar` : "", faulty.length ? `${faulty.length} con novedad` : ""];
  const busy = arriving || inState("filing").length;
  const sentence = words || `${now.filter(Boolean).join(", ")}.`;
  clearTimeout(saying);
  const wait = atOnce ? 0 : Math.max(busy ? 1500 : 400, QUIET * 1000 - (performance.now() - saidAt));
  saying = setTimeout(() => {
    saidAt = performance.now();
    form.querySelector("[data-say]").textContent = rows.length ? sentence : "";
  }, wait);
}

nextFault.addEventListener("click", () => {
  const [row] = inState("failed", "refused", "paused", "cut");
  row.element.scrollIntoView({ block: "center" });
  (row.state === "failed" ? row.firstMissing() : row.part("remove")).focus();
});

// Coming and going -------------------------------------------------------------------------------

// What this person left here at another time: whole files wait to be filed, cut ones for the rest of their bytes.
async function recall() {
  const answer = await ask("GET", form.dataset.uploads).catch(() => null);
  if (!answer || answer.status !== 200) return;
  for (const facts of jsonOf(answer).drafts || []) {
    const row = addRow(facts.name, facts.size);
    row.url = form.dataset.upload.replace(NOTHING, facts.id);
    if (facts.state === "waiting") receive(row, facts);
    else {
      row.batch = facts.batch;
      row.become("cut", "");
      row.progress(facts.offset, null);
      row.part("words").textContent = `Llegó el ${row.part("bar").value} %`;
      row.fault("Se cortó. Vuelva a elegir el mismo archivo y continúa donde quedó.");
    }
  }
  tell();
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
  const folders = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry && item.webkitGetAsEntry()?.isDirectory);
  const files = Array.from(event.dataTransfer.files).filter((_file, index) => !folders[index]);
  addFiles(files);
  if (folders.some(Boolean)) tell("Las carpetas no se radican: suelte los archivos que contienen.", true);
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

window.addEventListener("online", () => inState("paused").filter((row) => row.arrival).forEach(enqueue));
window.addEventListener("beforeunload", (event) => {
  if (inState("sending", "queued").length) event.preventDefault();
});
recall();

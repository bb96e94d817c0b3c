// One row of the drop zone: a file, how far it is, what is said of it, and what became of it. Texts of refusals come
// from the server.
"use strict";

// What each state shows. `busy`: fields cannot change. `bar`: the progress bar is seen.
const STATES = {
  queued: { bar: true, acts: ["remove"] },
  sending: { bar: true, acts: ["pause", "remove"] },
  paused: { bar: true, acts: ["resume", "remove"] },
  cut: { bar: true, acts: ["another", "remove"] },
  looking: { bar: true, acts: [] },
  received: { acts: ["remove"] },
  failed: { acts: ["retry", "remove"] },
  filing: { busy: true, acts: [] },
  filed: { busy: true, acts: [] },
  refused: { acts: ["another", "remove"] },
};
const ACTS = ["pause", "resume", "retry", "another", "remove"];
let rowsMade = 0;

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

function durationOf(seconds) {
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

// Marks that reorder text are not shown; the name itself is sent as it is.
function shownName(name) {
  const plain = name.replace(/[\u0000-\u001f\u007f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "");
  return plain.length > 180 ? `${plain.slice(0, 160)}…${plain.slice(-12)}` : plain;
}

class Row {
  constructor(model, name, size) {
    this.element = model.content.firstElementChild.cloneNode(true);
    this.name = name;
    this.size = size;
    this.suggestion = {};
    this.twin = null;
    this.wanted = false;
    this.arrival = null;
    this.url = "";
    rowsMade += 1;
    this.rename(name, size);
    this.part("fault").id = `falta-${rowsMade}`;
    for (const field of ["tipo", "date"]) this.part(field).setAttribute("aria-describedby", `falta-${rowsMade}`);
    this.element.querySelectorAll("[data-decision]").forEach((choice) => { choice.name = `decision-${rowsMade}`; });
    this.part("tipo").addEventListener("change", () => this.offer());
    this.part("date").addEventListener("input", () => this.offer());
  }

  part(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  rename(name, size) {
    this.name = name;
    this.size = size;
    this.part("name").textContent = shownName(name);
    this.part("detail").textContent = sizeOf(size);
    this.part("bar").setAttribute("aria-label", shownName(name));
    this.element.querySelectorAll("[data-of]").forEach((place) => { place.textContent = `: ${shownName(name)}`; });
  }

  become(state, words) {
    const shown = STATES[state];
    this.state = state;
    this.element.className = `filerow filing-row is-${state}`;
    this.part("bar").hidden = !shown.bar;
    if (words !== undefined) this.part("words").textContent = words;
    const held = this.element.contains(document.activeElement) ? document.activeElement : null;
    for (const act of ACTS) this.part(act).hidden = !shown.acts.includes(act);
    if (held && held.offsetParent === null) this.focusFirst();
    this.element.querySelectorAll("select, input[type=text], input[type=radio]").forEach((field) => { field.disabled = Boolean(shown.busy); });
    this.part("another-words").textContent = state === "cut" ? "Elegir el mismo archivo" : "Elegir el corregido";
  }

  // What had the focus is gone: its row keeps it.
  focusFirst() {
    const acts = this.element.querySelectorAll(".filerow-progress :is(button, a):not([hidden]), .filerow-progress [data-another]:not([hidden]) input");
    const next = acts[0] || this.element.querySelector("select:not(:disabled), a");
    if (next) next.focus();
  }

  progress(offset, seconds) {
    const percent = this.size ? Math.floor((offset / this.size) * 100) : 100;
    this.part("bar").value = percent;
    const left = seconds === null ? "" : ` · faltan ${durationOf(seconds)}`;
    this.part("words").textContent = percent < 100 ? `${percent} %${left}` : "Llegó; se está revisando";
  }

  fault(sentence) {
    this.part("fault").textContent = sentence;
    this.part("fault").hidden = !sentence;
    for (const field of ["tipo", "date"]) this.part(field).setAttribute("aria-invalid", String(Boolean(sentence) && !this.part(field).value.trim()));
  }

  // What its owner said of it at another time.
  describe(facts) {
    if (facts.tipo && !this.part("tipo").value) this.part("tipo").value = facts.tipo;
    if (facts.date && !this.part("date").value) this.part("date").value = facts.date;
    if (facts.title && !this.part("title").value) this.part("title").value = facts.title;
    if (facts.suggestion) this.suggestion = { ...this.suggestion, ...said(facts.suggestion) };
    this.meet(facts.twin);
    this.offer();
  }

  meet(twin) {
    this.twin = twin || null;
    this.part("twin").hidden = !twin;
    if (!twin) return;
    const link = document.createElement("a");
    link.href = twin.url;
    link.textContent = twin.title;
    this.part("twin-which").replaceChildren(`(${twin.radicado}, `, link, ").");
  }

  offer() {
    const { tipo, tipo_name: name, tipo_why: tipoWhy, date, date_why: dateWhy } = this.suggestion;
    offerOne(this.part("tipo-offer"), this.part("tipo"), tipo, `Sugerido: ${name} (${tipoWhy})`);
    offerOne(this.part("date-offer"), this.part("date"), date, `Sugerida: ${date} (${dateWhy})`);
    this.askAnnex();
    this.element.dispatchEvent(new CustomEvent("offered", { bubbles: true }));
  }

  // The annex is asked for only of a tipo that demands one, where the expediente has any.
  askAnnex() {
    const box = this.part("annex-box");
    if (box) box.hidden = !("demandsAnnex" in (this.part("tipo").selectedOptions[0] || box).dataset);
  }

  decision() {
    const chosen = this.element.querySelector("[data-decision]:checked");
    return chosen ? chosen.value : "";
  }

  // What the person has still to say, as one sentence; "" when it is all there.
  missing() {
    const parts = [];
    if (!this.part("tipo").value) parts.push("el tipo documental");
    if (!this.part("date").value.trim()) parts.push("la fecha del documento");
    if (this.twin && !this.decision()) parts.push("decidir si se vincula o se conservan ambos");
    if (this.decision() === "keep" && !this.part("reason").value.trim()) parts.push("el motivo para conservar ambos");
    if (!parts.length) return "";
    return `${parts.length > 1 ? "Faltan" : "Falta"} ${parts.join(" y ")}.`;
  }

  firstMissing() {
    const field = ["tipo", "date"].find((name) => !this.part(name).value.trim());
    return field ? this.part(field) : this.element.querySelector("[data-decision]:not(:checked)") || this.part("reason");
  }

  body() {
    const said = { tipo: "tipo", date: "date", title: "title", motivo: "reason" };
    const body = new URLSearchParams({ duplicate: this.decision() });
    if (this.part("annex-box")?.hidden === false) said.annex = "annex";
    for (const [name, place] of Object.entries(said)) body.set(name, this.part(place).value.trim());
    return body;
  }

  file(receipt) {
    const folios = receipt.folio_first === receipt.folio_last ? `folio ${receipt.folio_first}` : `folios ${receipt.folio_first}–${receipt.folio_last}`;
    const chosen = `${this.part("tipo").selectedOptions[0].textContent} · ${this.part("date").value}`;
    this.become("filed", "");
    this.fault("");
    const link = document.createElement("a");
    link.href = receipt.url;
    link.textContent = `Radicado ${receipt.radicado}`;
    this.part("words").replaceChildren(link);
    this.part("detail").textContent = `${sizeOf(receipt.bytes)} · ${folios} · sha256 ${receipt.sha256.slice(0, 4)}…${receipt.sha256.slice(-4)}`;
    const told = document.createElement("p");
    told.textContent = receipt.duplicate_of ? `${chosen} · vinculado con el ${receipt.duplicate_of.radicado}` : chosen;
    this.part("fields").replaceChildren(told);
  }
}

// A suggestion without its empty parts, so that a later one only adds.
function said(suggestion) {
  return Object.fromEntries(Object.entries(suggestion).filter(([, value]) => value));
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
    field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
    field.focus();
  });
  place.append(`${words} `, button);
}

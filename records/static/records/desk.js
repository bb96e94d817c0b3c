// Small comforts of the desk; every screen works without them. Keys: / search, j and k next and previous, ? this list.
"use strict";

const KEYS = [
  ["/", "ir a la búsqueda"],
  ["j", "siguiente coincidencia o resultado"],
  ["k", "anterior coincidencia o resultado"],
  ["← →", "página anterior y siguiente, en el visor"],
  ["g", "ir a un folio, en el visor"],
  ["+ −", "acercar y alejar, en el visor"],
  ["r", "girar la página, en el visor"],
  ["?", "esta lista"],
];

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function searchField() {
  return document.querySelector("[data-search], input[type=search]");
}

function showKeys() {
  let box = document.getElementById("teclas");
  if (!box) {
    box = document.createElement("div");
    box.id = "teclas";
    box.className = "dialog";
    box.popover = "auto";
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", "Teclas");
    const heading = document.createElement("h2");
    heading.textContent = "Teclas";
    const list = document.createElement("dl");
    list.className = "definitions";
    for (const [key, what] of KEYS) {
      const name = document.createElement("dt");
      const sign = document.createElement("kbd");
      sign.textContent = key;
      name.append(sign);
      const said = document.createElement("dd");
      said.textContent = what;
      list.append(name, said);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button button-quiet button-small";
    close.textContent = "Cerrar";
    close.addEventListener("click", () => box.hidePopover());
    box.append(heading, list, close);
    document.body.append(box);
  }
  if (typeof box.showPopover === "function") box.showPopover();
}

// A link or control that owns the key wins; the search field and the list of keys are everybody's.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const owner = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (owner) {
    event.preventDefault();
    owner.click();
  } else if (event.key === "/") {
    const field = searchField();
    event.preventDefault();
    if (field) field.focus();
    else location.href = "/custodia/buscar/";
  } else if (event.key === "?") {
    event.preventDefault();
    showKeys();
  }
});

// A picker beside each date written as text: it writes day/month/year into the field and nothing else.
function addPicker(field) {
  if (field.dataset.picker || typeof HTMLInputElement.prototype.showPicker !== "function") return;
  field.dataset.picker = "yes";
  const box = document.createElement("span");
  box.className = "daybox";
  field.replaceWith(box);
  const picker = document.createElement("input");
  picker.type = "date";
  picker.className = "daybox-native";
  picker.tabIndex = -1;
  picker.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-plain button-small";
  button.textContent = "Calendario";
  box.append(field, button, picker);
  button.addEventListener("click", () => {
    const parts = field.value.match(/^(\d{1,2})\D(\d{1,2})\D(\d{4})$/);
    picker.value = parts ? `${parts[3]}-${parts[2].padStart(2, "0")}-${parts[1].padStart(2, "0")}` : "";
    picker.showPicker();
  });
  picker.addEventListener("change", () => {
    if (!picker.value) return;
    field.value = picker.value.split("-").reverse().join("/");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}

window.custodiaPickers = (root) => root.querySelectorAll("[data-day]").forEach(addPicker);
window.custodiaPickers(document);

const summary = document.querySelector(".errorsummary");
if (summary) summary.focus();

const printing = document.querySelector("[data-print]");
if (printing) printing.addEventListener("click", () => window.print());

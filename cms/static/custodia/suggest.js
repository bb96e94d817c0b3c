// While words are typed, the box offers how the last one may go on: a list that arrows, Enter and Escape work
// (ARIA combobox). Without this script the box searches all the same.
"use strict";

const WAIT = 180;
const LEAST = 3;

function offer(box) {
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let asked = "";
  let timer = 0;

  list.id = `${box.id}-propuestas`;
  list.className = "suggested";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.suggestLabel);
  said.className = "sr-only";
  said.setAttribute("role", "status");
  box.closest(".searchbox-line").after(list, said);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  const options = () => Array.from(list.children);
  const chosen = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");

  function close() {
    list.hidden = true;
    list.replaceChildren();
    said.textContent = "";
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    options().forEach((one, at) => one.setAttribute("aria-selected", String(at === index)));
    if (index < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", options()[index].id);
    options()[index]?.scrollIntoView({ block: "nearest" });
  }

  function take(text) {
    box.value = text;
    close();
    box.form.requestSubmit();
  }

  function show(texts) {
    close();
    if (!texts.length || document.activeElement !== box) return;
    texts.forEach((text, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = text;
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => take(text));
      list.append(option);
    });
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    said.textContent = `${texts.length} ${texts.length === 1 ? "propuesta" : "propuestas"}`;
  }

  async function ask() {
    const text = box.value;
    asked = text;
    if (text.trim().length < LEAST) return close();
    try {
      const response = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: text })}`);
      const texts = response.ok ? (await response.json()).propuestas : [];
      if (asked === text) show(texts);
    } catch {
      close();
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.hidden) return;
    if (step) {
      const stops = options().length + 1;
      choose(((chosen() + 1 + step + stops) % stops) - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && chosen() >= 0) {
      event.preventDefault();
      take(options()[chosen()].textContent);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
}

document.querySelectorAll("[data-suggest]").forEach(offer);

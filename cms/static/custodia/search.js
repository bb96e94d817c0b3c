// The search of the desk: words are completed while they are typed, a long text goes by POST, and why a hit appears is
// shown where it stands. Without this script the box is a form and every control a link.
"use strict";

const form = document.querySelector("form[data-complete]");
const PAUSE = 160;
const LEAST = 3;

if (form) {
  const field = form.querySelector("input[name=q]");
  const list = document.getElementById("q-lista");
  const said = form.querySelector("[data-suggested]");
  let waiting = 0;
  let asking = null;
  let present = -1;

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  const shut = () => {
    clearTimeout(waiting);
    if (asking) asking.abort();
    list.hidden = true;
    present = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const goTo = (index) => {
    const options = Array.from(list.children);
    present = (index + options.length + 1) % (options.length + 1);
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === present)));
    if (present === options.length) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", options[present].id);
      options[present].scrollIntoView({ block: "nearest" });
    }
  };

  const take = (option) => {
    field.value = option.textContent;
    shut();
    field.focus();
  };

  const show = (texts) => {
    list.replaceChildren(...texts.map((text, at) => {
      const option = document.createElement("li");
      option.id = `q-lista-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = text;
      return option;
    }));
    present = -1;
    field.removeAttribute("aria-activedescendant");
    list.hidden = texts.length === 0;
    field.setAttribute("aria-expanded", String(texts.length > 0));
    said.textContent = texts.length ? `${texts.length === 1 ? "1 palabra" : `${texts.length} palabras`} para completar` : "";
  };

  const ask = async () => {
    const typed = field.value;
    if (field.selectionEnd !== typed.length || (typed.match(/[\p{L}]+$/u) || [""])[0].length < LEAST) {
      shut();
      return;
    }
    asking = new AbortController();
    const address = `${form.dataset.complete}?${new URLSearchParams({ q: typed })}`;
    const answer = await fetch(address, { signal: asking.signal }).catch(() => null);
    const told = answer && answer.ok ? await answer.json().catch(() => null) : null;
    if (told && field.value === typed && document.activeElement === field) show(told.texts);
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if (asking) asking.abort();
    waiting = setTimeout(ask, PAUSE);
  });

  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const options = list.children;
    if (event.key === "ArrowDown") goTo(present + 1);
    else if (event.key === "ArrowUp") goTo(present < 0 ? options.length - 1 : present - 1);
    else if (event.key === "Enter" && options[present]) take(options[present]);
    else if (event.key === "Escape") shut();
    else return;
    event.preventDefault();
  });

  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("li");
    if (!option) return;
    event.preventDefault();
    take(option);
  });

  field.addEventListener("blur", shut);

  form.addEventListener("submit", (event) => {
    shut();
    if (field.value.length <= Number(form.dataset.long)) return;
    event.preventDefault();
    const posted = document.querySelector("form[data-by-post]");
    for (const [name, value] of new FormData(form)) {
      const pair = document.createElement("input");
      pair.type = "hidden";
      pair.name = name;
      pair.value = value;
      posted.append(pair);
    }
    posted.submit();
  });
}

// Why a hit appears: its page is asked for and shown below the hit, and put away again.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-words]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const line = link.closest(".hit-links");
  const shown = line.nextElementSibling && line.nextElementSibling.matches(".words-found") ? line.nextElementSibling : null;
  if (shown) {
    shown.remove();
    link.removeAttribute("aria-expanded");
    return;
  }
  const answer = await fetch(link.href).catch(() => null);
  const page = answer && answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const found = page && page.querySelector("[data-found]");
  if (!found) {
    location.assign(link.href);
    return;
  }
  found.setAttribute("role", "status");
  line.after(document.adoptNode(found));
  link.setAttribute("aria-expanded", "true");
});

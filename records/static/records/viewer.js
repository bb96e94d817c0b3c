// The viewer: pages turn in place, the next one is fetched while this one is read, and the present match and thumbnail
// are brought into view. Without this script every control is a link or a form that leads to the same page.
"use strict";

const box = document.querySelector("[data-viewer]");
const live = document.querySelector("[data-say]");
let ahead = null;
let turning = 0;

function settle() {
  const match = box.querySelector(".sheet-marks rect.is-current, mark.is-current");
  if (match) match.scrollIntoView({ block: "nearest", inline: "nearest" });
  const thumbnail = box.querySelector(".strip [aria-current]");
  if (thumbnail) {
    const strip = thumbnail.closest(".strip");
    strip.scrollTop = thumbnail.parentElement.offsetTop - strip.clientHeight / 2 + thumbnail.clientHeight / 2;
    strip.scrollLeft = thumbnail.parentElement.offsetLeft - strip.clientWidth / 2 + thumbnail.clientWidth / 2;
  }
  watchImage();
  countMatches();
}

// A long piece is counted through once its page is there: "coincidencia 1 de 2 en la página" becomes "3 de 17".
async function countMatches() {
  const told = box.querySelector("[data-count]");
  if (!told) return;
  const answer = await fetch(told.dataset.count).catch(() => null);
  const counted = answer && answer.ok ? await answer.json().catch(() => null) : null;
  if (!counted || !told.isConnected) return;
  told.textContent = `coincidencia ${counted.number} ${told.dataset.of} ${counted.total}`;
}

// The image of the next page is fetched once the present one is there, and kept as an element: its bytes may not be cached.
function watchImage() {
  const image = box.querySelector(".sheetbox img");
  if (!image) return;
  const fault = box.querySelector("[data-image-fault]");
  image.addEventListener("error", () => { fault.hidden = false; });
  if (image.complete && image.naturalWidth === 0) fault.hidden = false;
  if (image.complete) lookAhead();
  else image.addEventListener("load", lookAhead, { once: true });
}

function lookAhead() {
  const url = box.querySelector("[data-stage]").dataset.ahead;
  if (!url || (ahead && ahead.getAttribute("src") === url)) return;
  ahead = new Image();
  ahead.src = url;
}

// Brings the parsed stage into this document with the image that is already here in its place: an image that changes
// its document is fetched again, so the parsed one must go before the stage comes.
function brought(stage) {
  const image = stage.querySelector(".sheetbox img");
  if (!image || !ahead || ahead.getAttribute("src") !== image.getAttribute("src")) return document.adoptNode(stage);
  for (const name of ["alt", "class", "width", "height"]) {
    if (image.hasAttribute(name)) ahead.setAttribute(name, image.getAttribute(name));
  }
  const place = stage.ownerDocument.createElement("span");
  image.replaceWith(place);
  const here = document.adoptNode(stage);
  place.replaceWith(ahead);
  ahead = null;
  return here;
}

async function turn(url, keep) {
  const mine = (turning += 1);
  const answer = await fetch(url).catch(() => null);
  if (mine !== turning) return;
  if (!answer || !answer.ok) {
    location.assign(url);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = ["[data-stage]", ".strip-nav"].map((place) => page.querySelector(place));
  if (mine !== turning) return;
  if (fresh.includes(null) || !page.querySelector("[data-viewer]")) {
    location.assign(url);
    return;
  }
  const held = document.activeElement && box.contains(document.activeElement) ? document.activeElement : null;
  const key = held && held.dataset.key;
  box.querySelector("[data-stage]").replaceWith(brought(fresh[0]));
  box.querySelector(".strip-nav").replaceWith(document.adoptNode(fresh[1]));
  if (keep) history.pushState(null, "", answer.url);
  if (held) focusAgain(held, key);
  live.textContent = box.querySelector("[data-stage]").dataset.label;
  settle();
}

// What was in the reader's hand stays there: the same control, else the page itself.
function focusAgain(held, key) {
  if (held.isConnected) return;
  const again = (key && box.querySelector(`[data-key="${CSS.escape(key)}"]`))
    || (held.closest(".strip") && box.querySelector(".strip [aria-current]"))
    || (held.id && document.getElementById(held.id))
    || box.querySelector(".sheetbox, .sheet");
  if (again) again.focus({ preventScroll: true });
}

box.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-turn], .strip a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  turn(link.href, true);
});

box.addEventListener("submit", (event) => {
  if (event.target.method !== "get" || !event.target.closest(".toolbar")) return;
  event.preventDefault();
  const asked = new URLSearchParams(new FormData(event.target));
  turn(`${location.pathname}?${asked}`, true);
});

box.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
});

// An enlarged page is scrolled sideways with the arrows while it holds the focus; g goes to the folio.
document.addEventListener("keydown", (event) => {
  const sheet = event.target.closest && event.target.closest(".sheetbox, .sheet-table");
  if (sheet && sheet.scrollWidth > sheet.clientWidth && event.key.startsWith("Arrow")) {
    event.stopImmediatePropagation();
  } else if (event.key === "g" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea, select")) {
    const folio = document.getElementById("ir-folio");
    if (folio) {
      event.preventDefault();
      folio.focus();
      folio.select();
    }
  }
}, true);

window.addEventListener("popstate", () => turn(location.href, false));

settle();

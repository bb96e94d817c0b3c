// The list of results by key: j and k move from one to the next, Enter opens it.
"use strict";

const links = Array.from(document.querySelectorAll("[data-hits] .hit-title a"));
let present = -1;

function goTo(index) {
  if (index < 0 || index >= links.length) return;
  document.querySelector(".hit.is-current")?.classList.remove("is-current");
  present = index;
  links[index].closest(".hit").classList.add("is-current");
  links[index].focus();
}

// Back from a piece, the reader is where he left: on its hit, by eye and by key. The browser goes to the place of the
// address by itself and takes the focus away, so this comes after.
window.addEventListener("pageshow", () => setTimeout(() => {
  const left = location.hash.startsWith("#d-") && document.getElementById(location.hash.slice(1));
  if (left) goTo(links.findIndex((link) => left.contains(link)));
}));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key !== "j" && event.key !== "k") return;
  event.preventDefault();
  goTo(present + (event.key === "j" ? 1 : -1));
});

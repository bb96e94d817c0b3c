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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key !== "j" && event.key !== "k") return;
  event.preventDefault();
  goTo(present + (event.key === "j" ? 1 : -1));
});

// A page that nobody looks at asks nothing; what was told aloud is told again only when it changed.
"use strict";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault();
});

document.addEventListener("htmx:afterSwap", () => {
  const part = document.getElementById("trabajo");
  const said = document.getElementById("trabajo-estado");
  if (part && said && said.textContent !== part.dataset.state) said.textContent = part.dataset.state;
});

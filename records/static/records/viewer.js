// The viewer: brings the present match and the present thumbnail into view. Keys are links of the toolbar (desk.js).
"use strict";

const match = document.querySelector(".sheet-marks rect.is-current, mark.is-current");
if (match) match.scrollIntoView({ block: "nearest" });

const thumbnail = document.querySelector(".strip [aria-current]");
if (thumbnail) {
  const strip = thumbnail.closest(".strip");
  strip.scrollTop = thumbnail.parentElement.offsetTop - strip.clientHeight / 2 + thumbnail.clientHeight / 2;
  strip.scrollLeft = thumbnail.parentElement.offsetLeft - strip.clientWidth / 2 + thumbnail.clientWidth / 2;
}

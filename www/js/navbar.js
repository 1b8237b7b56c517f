// The navigation bar: opens and closes the menu (narrow windows) and the drop-down.
//
// What is open is written in one place, the attribute aria-expanded of the button that opens it.
// css/navbar.css shows and hides by it; a screen reader announces it. This file only changes it.
"use strict";

const toggler = document.querySelector(".toggler");
const dropdown = document.querySelector(".dropdown");
const button = dropdown.querySelector("button");
const links = [...dropdown.querySelectorAll("a")];

// From here on the style sheet may hide what this script can show.
document.documentElement.classList.add("js");

const isOpen = (control) => control.getAttribute("aria-expanded") === "true";
const setOpen = (control, open) => control.setAttribute("aria-expanded", String(open));

// A click, and also Enter and Space: the browser turns both into a click on a button.
for (const control of [toggler, button]) {
  control.addEventListener("click", () => setOpen(control, !isOpen(control)));
}

// The other keys of the drop-down. Tab is not among them: it goes on to the next link as always.
dropdown.addEventListener("keydown", (event) => {
  const here = links.indexOf(document.activeElement); // -1: on the button
  const last = links.length - 1;
  const target = {
    ArrowDown: Math.min(here + 1, last),
    ArrowUp: Math.max(here - 1, 0),
    Home: 0,
    End: last,
  }[event.key];
  if (target === undefined || (here === -1 && event.key !== "ArrowDown")) return;
  event.preventDefault(); // or the page would scroll as well
  setOpen(button, true);
  links[target].focus();
});

// Escape closes the innermost thing that is open and returns to the button that opened it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const control = [button, toggler].find(isOpen);
  if (!control) return;
  setOpen(control, false);
  control.focus();
});

// Leaving the drop-down, by Tab or by a click elsewhere, closes it.
dropdown.addEventListener("focusout", (event) => {
  const next = event.relatedTarget; // null when the focus goes nowhere: a click on plain text
  if (next && !dropdown.contains(next)) setOpen(button, false);
});
document.addEventListener("click", (event) => {
  if (!dropdown.contains(event.target)) setOpen(button, false);
});

// A link may lead to another place of the same page: then nothing is loaded, and the bar must close itself.
document.querySelector(".links").addEventListener("click", (event) => {
  if (event.target.closest("a[href]")) for (const control of [button, toggler]) setOpen(control, false);
});

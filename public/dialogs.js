// Opens the dialogs of the page: `data-opens` is the id of one. The browser closes them by Esc and
// gives the focus back to where it was.
function open(dialog) {
  if (!dialog || dialog.open) return;
  document.querySelectorAll("dialog[open]").forEach((other) => other.close());
  dialog.showModal();
  dialog.querySelector("input[autofocus]")?.select();
  dialog.dispatchEvent(new CustomEvent("dialog-opened", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const id = event.target.closest?.("[data-opens]")?.dataset.opens;
  if (id) open(document.getElementById(id));
  // A click beside a dialog hits the dialog itself, its backdrop.
  else if (event.target.matches?.("dialog[open]") && isOutside(event, event.target)) event.target.close();
});

function isOutside({ clientX: x, clientY: y, detail }, dialog) {
  const box = dialog.getBoundingClientRect();
  // A click by keyboard has no place.
  return detail > 0 && (x < box.left || x > box.right || y < box.top || y > box.bottom);
}

// Who comes back to this page by the browser's history finds no dialog on it.
addEventListener("pagehide", () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()));

// Opens the dialog whose id is in `data-opens`. The browser closes it on Esc and restores the focus.
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
  // A click on the backdrop targets the dialog itself.
  else if (event.target.matches?.("dialog[open]") && isOutside(event, event.target)) event.target.close();
});

function isOutside({ clientX: x, clientY: y, detail }, dialog) {
  const box = dialog.getBoundingClientRect();
  // A click by keyboard has no coordinates.
  return detail > 0 && (x < box.left || x > box.right || y < box.top || y > box.bottom);
}

// A page restored from the back/forward cache shows no dialog.
addEventListener("pagehide", () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()));

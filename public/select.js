// Selection in the list: the checkbox in the heading toggles all, Shift-click a range. Works before and without
// hydration.
const boxes = () => [...document.querySelectorAll("#rows tbody input[name=id]")];
let last = -1;

const tell = () => document.getElementById("rows")?.dispatchEvent(new Event("change", { bubbles: true }));

document.addEventListener("click", ({ target, shiftKey }) => {
  if (!target.matches?.("#rows input[type=checkbox]")) return;
  const all = boxes();
  if (target.hasAttribute("data-all")) {
    for (const box of all) box.checked = target.checked;
    return;
  }
  const here = all.indexOf(target);
  if (shiftKey && last >= 0) {
    for (const box of all.slice(Math.min(here, last), Math.max(here, last) + 1)) box.checked = target.checked;
  }
  last = here;
});

// The selection only covers the visible rows.
addEventListener("list-requested", () => {
  for (const box of [...boxes(), ...document.querySelectorAll("[data-all]")]) box.checked = false;
  last = -1;
  tell();
});

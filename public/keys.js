// Keyboard shortcuts. Elements declare theirs in `aria-keyshortcuts`; pressing it clicks the element, or focuses it if
// it is a text field. Works without WebAssembly.
const rows = () => [...document.querySelectorAll(".user-list tbody tr")];
const rowOf = (element) => element?.closest(".user-list tbody tr");
const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const typesInto = (element) =>
  element?.isContentEditable || element?.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

function withKeys(keys, within = document) {
  const found = [...within.querySelectorAll("[aria-keyshortcuts]")].filter((element) =>
    element.getAttribute("aria-keyshortcuts").toLowerCase().split(" ").includes(keys.toLowerCase()),
  );
  return found.find((element) => element.checkVisibility()) ?? found[0];
}

function activate(element) {
  if (!element) return false;
  if (typesInto(element)) element.select?.(), element.focus();
  else element.click();
  return true;
}

// Moves from row to row; from elsewhere to the row that was focused last, or to the first.
let last;
function move(by) {
  const all = rows();
  const from = all.indexOf(rowOf(document.activeElement));
  const to = from < 0 ? all[Math.max(0, all.indexOf(last))] : all[from + by];
  const link = to?.querySelector(".person-link");
  link?.focus({ preventScroll: true, focusVisible: true });
  to?.scrollIntoView({ block: "nearest" });
  return all.length > 0;
}
document.addEventListener("focusin", (event) => (last = rowOf(event.target) ?? last));

function edit() {
  const row = rowOf(document.activeElement);
  if (!row) return activate(withKeys("e"));
  // Users who may add people may also edit them.
  const link = row.querySelector(".person-link");
  if (!link || !withKeys("n")) return false;
  location.assign(`${link.pathname}/edit`);
  return true;
}

function toggle() {
  const box = rowOf(document.activeElement)?.querySelector("input[type=checkbox]");
  box?.click();
  return !!box;
}

const single = {
  j: () => move(1),
  k: () => move(-1),
  e: edit,
  x: toggle,
  // Without a search box, opens the palette.
  "/": () => activate(withKeys("/")) || activate(withKeys("Control+K")),
};

// Arrow keys scroll, except within the rows and from the search box downwards.
function arrow(key, target) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[key];
  const fromSearch = by === 1 && target.matches?.(".user-list input[type=search]");
  return by && (fromSearch || (rowOf(target) && !typesInto(target))) ? move(by) : false;
}

function press(event) {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (event.defaultPrevented || event.isComposing) return false;
  if (isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey) {
    if (altKey || event.shiftKey || key.toLowerCase() !== "k") return false;
    const palette = document.getElementById("palette");
    if (palette?.open) return palette.close(), true;
    return activate(withKeys("Control+K"));
  }
  if (ctrlKey || metaKey || altKey || document.querySelector("dialog[open]")) return false;
  if (arrow(key, target)) return true;
  if (typesInto(target) || !singleKeys.checked) return false;
  return single[key]?.() ?? (key.length === 1 && activate(withKeys(key)));
}
document.addEventListener("keydown", (event) => press(event) && event.preventDefault());

// Single-key shortcuts can be turned off (WCAG 2.1.4). Stored in a cookie, because signing out clears other storage.
const singleKeys = document.getElementById("single-keys") ?? { checked: true, addEventListener() {} };
singleKeys.checked = !/(?:^|; )rollcall_keys=off/.test(document.cookie);
singleKeys.addEventListener("change", () => {
  const [value, age] = singleKeys.checked ? ["on", 0] : ["off", 31536000];
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `rollcall_keys=${value}; path=/; max-age=${age}; samesite=lax${secure}`;
});

if (isMac) {
  for (const kbd of document.querySelectorAll("kbd[data-command]")) kbd.textContent = `⌘ ${kbd.dataset.command}`;
}

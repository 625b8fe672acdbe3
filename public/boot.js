// Loads the WebAssembly if the page has islands, then hydrates each island through the exported function of its name:
// islands of the page immediately, those of a dialog when it first opens.
const { module, wasm } = document.getElementById("boot").dataset;
let loading;

async function load() {
  const [rollcall, code] = await Promise.all([import(module), fetch(wasm)]);
  await rollcall.default({ module_or_path: code });
  rollcall.hydrate();
  return rollcall;
}

async function hydrate(islands) {
  // A failed load can be retried.
  const rollcall = await (loading ??= load().catch((error) => ((loading = undefined), Promise.reject(error))));
  for (const island of islands) {
    await rollcall[island.dataset.component](island);
  }
}

async function opened(dialog) {
  const islands = [...dialog.querySelectorAll("leptos-island:not([data-hydrating])")];
  for (const island of islands) island.dataset.hydrating = "";
  const failed = dialog.querySelector("[data-failed]");
  try {
    await pageHydrated;
    await hydrate(islands);
    failed?.toggleAttribute("hidden", true);
  } catch {
    for (const island of islands) delete island.dataset.hydrating;
    failed?.toggleAttribute("hidden", false);
  }
}

const islands = [...document.querySelectorAll("leptos-island")];
const ofPage = islands.filter((island) => !island.closest("dialog, [data-later]"));
const pageHydrated = ofPage.length > 0 ? hydrate(ofPage) : Promise.resolve();
document.addEventListener("dialog-opened", (event) => opened(event.target));
document.querySelectorAll("dialog[open]").forEach(opened);
// The bulk actions hydrate with the first selection.
const later = islands.filter((island) => island.closest("[data-later]"));
function selected() {
  if (later.length === 0 || !document.querySelector("#rows tbody input:checked")) return;
  const waiting = later.splice(0);
  pageHydrated.then(() => hydrate(waiting)).catch(() => later.push(...waiting));
}
document.addEventListener("change", selected);
selected();
// If loading fails, links and forms still work.
const hydrated = await pageHydrated.then(() => true, () => false);
if (hydrated) document.documentElement.dataset.hydrated = "";

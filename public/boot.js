// Brings the islands of the page to life: loads the WebAssembly, then hydrates each island by the
// function that bears its name. Until then, and without it, links and forms work by themselves.
const { module, wasm } = document.getElementById("boot").dataset;

const [rollcall, code] = await Promise.all([import(module), fetch(wasm)]);
await rollcall.default({ module_or_path: code });
rollcall.hydrate();
for (const island of document.querySelectorAll("leptos-island")) {
  await rollcall[island.dataset.component](island);
}
document.documentElement.dataset.hydrated = "";

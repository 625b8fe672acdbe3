// Brings the page to life. Until then, and without it, links and forms work by themselves.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const text = button.textContent;
  button.addEventListener("click", async () => {
    const input = document.getElementById(button.dataset.copy);
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
    } catch {
      // There is no clipboard without TLS; what is selected can still be copied.
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = text), 2000);
  });
}

// Loads the WebAssembly where the page has islands, then hydrates each by the function that bears
// its name.
const islands = document.querySelectorAll("leptos-island");
if (islands.length > 0) {
  const { module, wasm } = document.getElementById("boot").dataset;
  const [rollcall, code] = await Promise.all([import(module), fetch(wasm)]);
  await rollcall.default({ module_or_path: code });
  rollcall.hydrate();
  for (const island of islands) {
    await rollcall[island.dataset.component](island);
  }
}
document.documentElement.dataset.hydrated = "";

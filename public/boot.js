// Brings the page to life. Until then, and without it, links and forms work by themselves.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const word = button.firstChild;
  const text = word.data;
  button.addEventListener("click", async () => {
    // An input, or any element for its text.
    const source = document.getElementById(button.dataset.copy);
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
    } catch {
      // There is no clipboard without TLS; what is selected can still be copied.
      document.execCommand("copy");
    }
    word.data = "Copied";
    setTimeout(() => (word.data = text), 2000);
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

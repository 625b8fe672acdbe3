// Buttons that copy the text of an element, or what a field holds: `data-copy` is its id, `data-copied`
// what the button says when it has.
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
    word.data = button.dataset.copied;
    setTimeout(() => (word.data = text), 2000);
  });
}

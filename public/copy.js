// Copy buttons: `data-copy` is the id of the element or input to copy, `data-copied` the label after copying.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const word = button.firstChild;
  const text = word.data;
  button.addEventListener("click", async () => {
    // An input is copied by value, any other element by text.
    const source = document.getElementById(button.dataset.copy);
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
    } catch {
      // The clipboard API requires TLS; without it, copy the selection.
      document.execCommand("copy");
    }
    word.data = button.dataset.copied;
    setTimeout(() => (word.data = text), 2000);
  });
}

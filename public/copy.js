// Buttons that copy what a field holds: `data-copy` is the id of the field.
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

// Switches the theme without a reload, and sets the cookie that the form would set.
const root = document.documentElement;
const schemes = { system: "light dark", light: "light", dark: "dark" };
const colors = [...document.querySelectorAll("meta[name=theme-color]")].map((meta) => [meta, meta.content]);

function show(theme) {
  root.dataset.theme = theme;
  document.querySelector("meta[name=color-scheme]").content = schemes[theme];
  for (const button of document.querySelectorAll(".theme-switch button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
  // With both theme-color tags the browser follows the system setting itself.
  const paper = getComputedStyle(document.body).backgroundColor;
  for (const [meta, served] of colors) meta.content = theme === "system" && meta.media ? served : paper;
}

addEventListener("submit", (event) => {
  const theme = event.submitter?.value;
  if (event.target.id !== "theme" || !(theme in schemes)) return;
  event.preventDefault();
  const age = theme === "system" ? 0 : 31536000;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `rollcall_theme=${theme}; path=/; max-age=${age}; samesite=lax${secure}`;
  show(theme);
  event.submitter.closest("dialog")?.close();
});

// A page restored from the back/forward cache may have another theme.
addEventListener("pageshow", (event) => {
  if (event.persisted) show(document.cookie.match(/(?:^|; )rollcall_theme=(light|dark)/)?.[1] ?? "system");
});

// View transitions (CSS View Transitions, level 2) between the list and a person: the row's avatar and name morph into
// those of the page, which are named in style/transitions.css.
const parts = { ".avatar": "person-face", ".person-link": "person-name" };

function name(address, on) {
  const path = new URL(address).pathname;
  const link = [...document.querySelectorAll(".person-link")].find((link) => link.pathname === path);
  const row = link?.closest("tr");
  for (const [selector, name] of Object.entries(parts)) {
    const part = row?.querySelector(selector);
    if (part) part.style.viewTransitionName = on ? name : "";
  }
}

// A skipped transition is not an error.
const forgive = ({ ready, finished, updateCallbackDone }) =>
  [ready, finished, updateCallbackDone].forEach((promise) => promise?.catch(() => {}));

addEventListener("pageswap", ({ viewTransition, activation }) => {
  if (!viewTransition) return;
  forgive(viewTransition);
  if (activation?.entry?.url) name(activation.entry.url, true);
});
addEventListener("pagereveal", ({ viewTransition }) => {
  if (!viewTransition) return;
  forgive(viewTransition);
  const from = window.navigation?.activation?.from?.url;
  if (!from) return;
  name(from, true);
  viewTransition.finished.catch(() => {}).then(() => name(from, false));
});
// A page restored from the back/forward cache still has the names.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const part of document.querySelectorAll("tr .avatar, tr .person-link")) part.style.viewTransitionName = "";
});

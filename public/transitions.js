// Between a list and a person, the row's face and name become those of the page, where the browser
// can (CSS View Transitions, level 2). The person's page names its own in style/transitions.css.
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

addEventListener("pageswap", (event) => {
  const to = event.viewTransition && event.activation?.entry?.url;
  if (to) name(to, true);
});
addEventListener("pagereveal", async (event) => {
  const from = event.viewTransition && window.navigation?.activation?.from?.url;
  if (!from) return;
  name(from, true);
  await event.viewTransition.finished;
  name(from, false);
});
// A page that comes back as it was left still bears the names.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const part of document.querySelectorAll("tr .avatar, tr .person-link")) part.style.viewTransitionName = "";
});

// Shows the progress of an import: fetches its page every second and updates what changed, until the import stops
// running. Elements that stay keep the focus; a new state is announced.
const status = document.getElementById("import-status");
const pause = () => new Promise((resolve) => setTimeout(resolve, 1000));

async function fetched() {
  const response = await fetch(location.pathname, { headers: { accept: "text/html" } });
  // If the session has ended, the reload redirects to the sign-in page.
  if (response.redirected || response.status === 401) return location.reload();
  if (!response.ok) return undefined;
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function show(page) {
  const old = document.getElementById("import");
  const fresh = page.getElementById("import");
  if (!fresh) return location.reload();
  if (status.textContent !== fresh.dataset.status) status.textContent = fresh.dataset.status;
  if (old.dataset.state === fresh.dataset.state && "goesOn" in fresh.dataset) return move(old, fresh);
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(document.adoptNode(fresh));
  if (!hadFocus) return;
  const heading = fresh.querySelector(".import-state");
  heading.tabIndex = -1;
  heading.focus();
}

/** Updates the progress within the same state. */
function move(old, fresh) {
  for (const part of ["progress", ".going-figures"]) {
    const [before, after] = [old, fresh].map((page) => page.querySelector(part));
    if (part === "progress" && after.hasAttribute("value")) before.setAttribute("value", after.getAttribute("value"));
    else if (part !== "progress") before.textContent = after.textContent;
  }
}

while ("goesOn" in document.getElementById("import").dataset) {
  await pause();
  if (document.hidden) continue;
  try {
    const page = await fetched();
    if (page) show(page);
  } catch {
    // The connection may come back.
  }
}

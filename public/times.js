// Times in the reader's language and time zone: relative with the exact time as a tooltip, or exact to the day or
// minute with `data-exact`. Without this script the server's UTC time stays.
const language = navigator.language;
const ago = new Intl.RelativeTimeFormat(language);
// `Intl` has only "now" in English, where people say "just now".
const now = language.startsWith("en") ? "just now" : new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");
const exact = {
  day: new Intl.DateTimeFormat(language, { dateStyle: "medium" }),
  minute: new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
};
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
const units = { year: 31557600, month: 2629800, week: 604800, day: 86400, hour: 3600, minute: 60 };
let printing = false;

function relative(date) {
  const seconds = (date - Date.now()) / 1000;
  const fitting = Object.entries(units).find(([, length]) => Math.abs(seconds) >= length);
  return fitting ? ago.format(Math.round(seconds / fitting[1]), fitting[0]) : now;
}

function write(time) {
  const date = new Date(time.dateTime);
  const text = time.firstChild;
  if (isNaN(date) || text?.nodeType !== Node.TEXT_NODE) return;
  // Islands keep a reference to the text node, so only its data changes.
  const form = exact[time.dataset.exact ?? (printing ? "day" : "")];
  const words = form ? form.format(date) : relative(date);
  if (text.data !== words) text.data = words;
  time.title = full.format(date);
  if (!document.documentElement.lang.startsWith(language.split("-")[0])) time.lang = language;
}

function writeAll(root = document) {
  if (root.matches?.("time[datetime]")) write(root);
  root.querySelectorAll?.("time[datetime]").forEach(write);
}

// Islands add and update times.
new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes) {
    if (type === "attributes") write(target);
    else addedNodes.forEach(writeAll);
  }
}).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["datetime"] });

writeAll();
setInterval(() => document.hidden || writeAll(), 60000);
document.addEventListener("visibilitychange", () => document.hidden || writeAll());
// A relative time is useless on paper.
for (const [event, value] of [["beforeprint", true], ["afterprint", false]]) {
  addEventListener(event, () => ((printing = value), writeAll()));
}

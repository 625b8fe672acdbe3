// Changes by others while the list is open: rows update in place, deleted people are marked, new people are counted.
// One tab of a browser holds the event stream and forwards messages to the others.
const live = document.getElementById("live");
const { stream, status, one, many, changed, gone, back, several, stale } = live.dataset;
const [button, announcement] = live.children;
let { after } = live.dataset;

// Compares positions of the form `major-minor`.
const later = (one, other) => {
  const [[a, b], [c, d]] = [one, other].map((place) => place.split("-").map(Number));
  return (a - c || b - d) > 0;
};

const newcomers = new Set();
let isStale = false;
let words = [];
let saying;

const row = (id) => document.querySelector(`#rows a[href="/users/${id}"]`)?.closest("th");
const fill = (template, value) => template.replace("#", () => value);
const isFiltered = () => /[?&](q|email|created_\w+|joined_\w+)=[^&]/.test(location.search);

// Announces politely, at most once per second.
function say(text) {
  words.push(text);
  saying ??= setTimeout(() => {
    announcement.textContent = words.length > 1 ? fill(several, words.length) : words[0];
    words = [];
    saying = undefined;
  }, 1000);
}

function mark(cell, label) {
  if (label) cell.dataset.gone = label;
  else delete cell.dataset.gone;
}

function show({ id, user, new: isNew }) {
  const cell = row(id);
  if (!cell) {
    if (isNew && user && status !== "deleted" && !isFiltered()) newcomers.add(id);
    if (!user) newcomers.delete(id);
    return;
  }
  const name = user?.name ?? cell.querySelector("a").textContent;
  const label = status === "deleted" ? user && back : !user && gone;
  if (label && cell.dataset.gone !== label) say(fill(label, name));
  mark(cell, label);
  if (!user) return;
  const email = cell.closest("tr").querySelector(".email");
  const isOther = cell.querySelector("a").textContent !== name || email.textContent !== user.email;
  if (!isOther) return;
  Object.assign(live.dataset, { id, name, email: user.email });
  dispatchEvent(new Event("person-changed"));
  if (!label) say(fill(changed, name));
}

function announceNews() {
  const count = newcomers.size;
  const text = isStale ? stale : count > 1 ? fill(many, count) : count === 1 ? one : "";
  if (button.textContent === text) return;
  button.textContent = text;
  button.hidden = !text;
  if (text) say(text);
}

function forget() {
  newcomers.clear();
  isStale = false;
  announceNews();
  for (const cell of document.querySelectorAll("#rows th[data-gone]")) mark(cell);
}

button.addEventListener("click", () => {
  const { search } = location;
  // New people are first in the default order.
  if (!isStale && /[?&](sort|page|cursor)=/.test(search)) return location.assign("/");
  document.getElementById("q")?.focus();
  dispatchEvent(new Event("people-changed"));
});
addEventListener("list-requested", forget);

function receive(message) {
  if (message.place) {
    if (after && !later(message.place, after)) return;
    after = message.place;
  }
  if (message.reload) isStale = true;
  else if (message.change) show(message.change);
  announceNews();
}

const channel = new BroadcastChannel(stream);
const recent = [];
let source;
let pause = 0;

function share(message) {
  receive(message);
  channel.postMessage(message);
  if (message.change && recent.push(message) > 200) recent.shift();
}

function open() {
  source = new EventSource(after ? `${stream}?after=${after}` : stream);
  source.addEventListener("hello", ({ lastEventId }) => {
    pause = 0;
    after ||= lastEventId;
  });
  source.addEventListener("changed", ({ data, lastEventId }) => share({ place: lastEventId, change: JSON.parse(data) }));
  source.addEventListener("reload", ({ lastEventId }) => share({ place: lastEventId, reload: true }));
  source.addEventListener("error", () => {
    // The browser reconnects after a stream ends, but not after it was refused.
    if (source.readyState !== EventSource.CLOSED) return;
    pause = Math.min(60, pause * 2 || 2);
    setTimeout(() => source && open(), (pause + Math.random()) * 1000);
  });
}

function close() {
  source?.close();
  source = undefined;
}

channel.addEventListener("message", ({ data }) => {
  if (data.since === undefined) return receive(data);
  // A new tab may have missed messages since its page was rendered.
  for (const message of source ? recent : []) {
    if (!data.since || later(message.place, data.since)) channel.postMessage(message);
  }
});

function join() {
  const leave = new AbortController();
  let release;
  navigator.locks
    .request(stream, { signal: leave.signal }, () => {
      open();
      return new Promise((ended) => (release = ended));
    })
    .catch(() => {});
  channel.postMessage({ since: after });
  // A page in the back/forward cache holds no stream.
  addEventListener("pagehide", () => (leave.abort(), release?.(), close()), { once: true });
}

if (navigator.locks) {
  join();
  addEventListener("pageshow", ({ persisted }) => persisted && join());
}

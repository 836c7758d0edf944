// Saves the answer of an exam while it is given. Without this file the button saves it.
// The answer stays in the page alone: nothing is put into the browser's storage.

const place = document.querySelector("[data-sitting]");
const form = place.querySelector("form");
const status = place.querySelector("[data-kept]");
const PAUSE = 1200;
const AGAIN = 5000;
let timer = 0;
let sent = served(form);
let underway = false;
let ended = false;

if (fields() !== sent) later(PAUSE);
form.addEventListener("input", () => later(PAUSE));
form.addEventListener("change", () => later(PAUSE));
form.addEventListener("focusout", () => later(0));
form.addEventListener("submit", () => { ended = true; clearTimeout(timer); });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
window.addEventListener("online", () => later(0));

// The arrows of an ordering change its menus without an event of their own.
form.addEventListener("click", () => later(PAUSE));

function fields() {
  const found = new URLSearchParams(new FormData(form));
  for (const name of ["csrf_token", "idempotency_key", "base"]) found.delete(name);
  return found.toString();
}

// The answer as the server sent it: what was ticked or typed before this script came is a change like any other.
function served(form) {
  const boxes = Array.from(form.querySelectorAll("[type=radio], [type=checkbox]"));
  const texts = Array.from(form.querySelectorAll("textarea, [type=text]")).filter((one) => one.value !== one.defaultValue);
  const ticked = boxes.map((one) => one.checked);
  const typed = texts.map((one) => one.value);
  if (!texts.length && boxes.every((one) => one.checked === one.defaultChecked)) return fields();
  for (const one of boxes) one.checked = one.defaultChecked;
  for (const one of texts) one.value = one.defaultValue;
  const found = fields();
  boxes.forEach((one, at) => { one.checked = ticked[at]; });
  texts.forEach((one, at) => { one.value = typed[at]; });
  return found;
}

function later(pause) {
  clearTimeout(timer);
  if (!ended) timer = setTimeout(save, pause);
}

async function save() {
  clearTimeout(timer);
  const now = fields();
  if (ended || underway || now === sent) return;
  underway = true;
  const body = new URLSearchParams(new FormData(form));
  body.set("quiet", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body, keepalive: true, redirect: "error" });
    if (answer.status === 204) {
      sent = now;
      form.elements.base.value = answer.headers.get("Draft-Base");
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
      say(status.dataset.savedAt.replace("#", time.replace(":", document.documentElement.lang === "fr" ? "\u00a0h\u00a0" : ":")));
    } else if (answer.status === 409) {
      stop(status.dataset.elsewhere);
    } else if (answer.status === 410) {
      stop(status.dataset.closed);
    } else if (answer.status === 401) {
      say(status.dataset.signedOut);
    } else {
      throw new Error(String(answer.status));
    }
  } catch {
    say(status.dataset.notYet);
    later(AGAIN);
  }
  underway = false;
  if (fields() !== now) later(PAUSE);
}

function stop(words) {
  ended = true;
  say(words);
}

function say(words) {
  if (status.textContent !== words) status.textContent = words;
}

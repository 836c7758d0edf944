// How long the session goes on: a sign of life while someone reads or writes, a warning before it ends, and a sign-in
// in place once it has, so that nothing typed is lost. Nothing typed is kept anywhere: it stays in its field.
// Only durations are compared, never this device's clock with the server's.

const HOUR = 3600; // seconds of a session without a sign of life (elearn/store/accounts.py, IDLE)
const EVERY = 300; // seconds between two signs of life
const WARNING = 120; // seconds before the end at which it is said
const FADES = 20; // seconds that good news stay

const line = document.getElementById("session_line");
const words = document.getElementById("session_words");
const actions = line.querySelector(".row");
const typed = new WeakSet();
let left = Number(document.body.dataset.sessionLeft);
let told = Date.now(); // when `left` was true
let sent = 0; // when the last sign was sent
let active = false; // since then, was there typing, pointing or scrolling?
let state = "";
let since = 0; // when `state` began
let cameFrom = null; // where the reader was before they came to the line

const seconds = (moment) => (Date.now() - moment) / 1000;
const remaining = () => left - seconds(told);
const over = () => state === "ended" || state === "half" || state === "other" || remaining() <= 0;

function say(next) {
  if (next !== state) since = Date.now();
  state = next;
  words.textContent = next ? line.dataset[next] : "";
  line.classList.toggle("shown", next !== "");
  let any = false;
  for (const one of line.querySelectorAll("[data-when]")) {
    one.hidden = !one.dataset.when.split(" ").includes(next);
    any = any || !one.hidden;
  }
  actions.hidden = !any;
}

function know(seconds_left) {
  left = Number(seconds_left);
  told = Date.now();
}

async function send(method, address, fields) {
  const options = { method, redirect: "manual", credentials: "same-origin", cache: "no-store" };
  if (fields) options.body = new URLSearchParams(fields);
  try {
    return await fetch(address, options);
  } catch {
    return null;
  }
}

// Asks the server how things stand; it writes nothing. After a sign-in elsewhere, the forms of this page go on.
async function ask() {
  const answer = await send("GET", line.dataset.presence);
  if (!answer || !answer.ok) return;
  const now = await answer.json();
  know(now.left);
  if (!now.left) return end(now.half ? "half" : "ended");
  if (now.person !== document.body.dataset.person) return end("other");
  for (const one of document.querySelectorAll("input[name=csrf_token]")) one.value = now.token;
  if (state === "ended" || state === "half" || state === "other") {
    drop();
    say("back");
    goBack();
  } else if (state === "soon" && remaining() > WARNING) say("");
  document.dispatchEvent(new CustomEvent("signed-in"));
}

async function stay(asked) {
  sent = Date.now();
  active = false;
  const mark = document.querySelector("input[name=csrf_token]");
  const answer = await send("POST", line.dataset.presence, { csrf_token: mark ? mark.value : "" });
  if (!answer) return asked && (words.textContent = line.dataset.away);
  if (answer.status !== 204) return ask();
  know(answer.headers.get("Session-Left"));
  if (remaining() <= WARNING) say("last");
  else if (asked) say("stays");
  else if (state === "soon") say("");
  if (asked) goBack();
}

function end(how) {
  left = 0;
  if (state !== how) say(how);
  document.dispatchEvent(new CustomEvent("signed-out"));
}

function goBack() {
  const place = cameFrom && cameFrom.isConnected ? cameFrom : document.getElementById("main_content");
  cameFrom = null;
  place.focus();
}

function drop() {
  const form = document.getElementById("session_sign_in");
  if (form) form.remove();
}

// The sign-in form, in the line itself: the page and what was typed on it stay as they are.
function enter() {
  if (!document.getElementById("session_sign_in")) {
    line.append(document.getElementById("session_pattern").content.cloneNode(true));
  }
  document.getElementById("session_name").focus();
}

async function signIn(form) {
  const button = form.querySelector("[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const answer = await send("POST", form.action, new FormData(form));
  button.removeAttribute("aria-busy");
  if (answer && (answer.type === "opaqueredirect" || answer.ok || answer.status === 400)) return ask();
  const why = !answer ? "away" : { 422: "wrong", 429: "slowed" }[answer.status] || "away";
  words.textContent = "";
  requestAnimationFrame(() => { words.textContent = line.dataset[why]; });
  document.getElementById("session_password").focus();
}

function tick() {
  if (over()) {
    if (state !== "ended" && state !== "half" && state !== "other") ask();
  } else if (remaining() <= WARNING) {
    if (active && (state === "" || state === "soon")) stay(false);
    else if (state === "") say("soon");
  } else if (active && remaining() < HOUR - EVERY && seconds(sent) >= EVERY) stay(false);
  else if ((state === "stays" || state === "back") && seconds(since) > FADES) say("");
}

line.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-do]");
  if (pressed) ({ stay: () => stay(true), enter })[pressed.dataset.do]();
});
line.addEventListener("focusin", (event) => {
  if (event.relatedTarget && !line.contains(event.relatedTarget)) cameFrom = event.relatedTarget;
});

// What was typed is not sent into a session that has ended: first the sign-in, then the same button again.
window.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "session_sign_in") {
    event.preventDefault();
    event.stopImmediatePropagation();
    signIn(form);
  } else if (over() && typed.has(form) && form.elements.csrf_token) {
    event.preventDefault();
    event.stopImmediatePropagation();
    cameFrom = event.submitter || document.activeElement;
    if (state !== "half" && state !== "other") end("ended");
    if (state !== "other") enter();
  }
}, true);

document.addEventListener("input", (event) => {
  if (event.target.form) typed.add(event.target.form);
});
for (const sign of ["input", "keydown", "pointerdown", "scroll"]) {
  window.addEventListener(sign, () => { active = true; }, { capture: true, passive: true });
}
// After a sleep or a while in another tab, and where an answer was refused: how do things stand?
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
document.addEventListener("question", (event) => { if (event.detail.querySelector(".field-error")) ask(); });
document.addEventListener("sign-in-needed", () => ask());

setInterval(tick, 5000);

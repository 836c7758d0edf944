// Keeps an answer while it is typed: within two seconds of the last key, on leaving a field, on leaving the page.
// What is not kept yet stays in its field and is sent again; nothing is written into this browser. Where another tab or
// device kept something else meanwhile, the server's page shows both, and nothing is overwritten.

const messages = document.getElementById("question_messages").dataset;
const said = document.getElementById("draft_said");
const PAUSE = 1000; // after the last key
const LONGEST = 3500; // while someone types on and on
const SOON = 200; // after a tick or a choice
const AGAIN = [2000, 4000, 8000, 15000]; // between tries while there is no network
const LARGEST = 60000; // of a request that may outlive its page
const kept = new WeakMap(); // form -> how it stands
let ended = false;

// `sent`: what the server has; `since`: when the first change not yet kept was made; `before`: a text as it came.
function state(form) {
  if (!kept.has(form)) {
    const text = form.elements.text;
    kept.set(form, { sent: served(form), since: 0, timer: 0, tries: 0, underway: null, body: "", told: "", before: text ? text.value : "" });
  }
  return kept.get(form);
}

// The answer itself, without the marks of the form.
function fields(form) {
  const data = new URLSearchParams(new FormData(form));
  for (const mark of ["csrf_token", "idempotency_key", "document", "base", "revision", "consent"]) data.delete(mark);
  return data.toString();
}

// The answer as the server sent it: what was ticked or typed before this script came is a change like any other.
function served(form) {
  const boxes = Array.from(form.querySelectorAll("[type=radio], [type=checkbox]"));
  const texts = Array.from(form.querySelectorAll("textarea, [type=text]")).filter((one) => one.value !== one.defaultValue);
  const ticked = boxes.map((one) => one.checked);
  const typed = texts.map((one) => one.value);
  if (!texts.length && boxes.every((one) => one.checked === one.defaultChecked)) return fields(form);
  for (const one of boxes) one.checked = one.defaultChecked;
  for (const one of texts) one.value = one.defaultValue;
  const found = fields(form);
  boxes.forEach((one, at) => { one.checked = ticked[at]; });
  texts.forEach((one, at) => { one.value = typed[at]; });
  return found;
}

const forms = () => Array.from(document.querySelectorAll("form[data-drafts]"));
const changed = (form) => fields(form) !== state(form).sent;
const busy = (form) => form.querySelector("[aria-busy=true]") !== null;
const choosing = (form) => form.querySelector("[data-take]") !== null; // two versions are shown: one is to be chosen
const emptied = (form) => form.elements.text && !form.elements.text.value.trim();

function permitted(form) {
  const consent = form.elements.consent;
  return !consent || consent.checked;
}

function soon(form, pause) {
  const now = state(form);
  if (!changed(form) || emptied(form)) return rest(form);
  now.told = now.told === "emptied" ? "" : now.told;
  if (choosing(form)) return tell(form, "choose");
  if (!permitted(form)) return tell(form, "consent");
  now.since = now.since || Date.now();
  clearTimeout(now.timer);
  now.timer = setTimeout(() => save(form), Math.max(0, Math.min(pause, now.since + LONGEST - Date.now())));
  if (now.told !== "offline" && now.told !== "away") tell(form, ended ? "ended" : "waiting");
}

function rest(form) {
  const now = state(form);
  clearTimeout(now.timer);
  now.since = 0;
  if (changed(form)) tell(form, "emptied");
  else if (["waiting", "consent", "emptied", "choose"].includes(now.told)) tell(form, "");
  notify(form, "kept");
}

// Sends what is not kept yet. A promise that ends once it is kept, or could not be.
function save(form, leaving) {
  const now = state(form);
  clearTimeout(now.timer);
  if (!form.isConnected || ended || !changed(form) || emptied(form) || !permitted(form) || choosing(form)) return Promise.resolve();
  if (busy(form)) { soon(form, PAUSE); return Promise.resolve(); }
  const body = fields(form);
  if (now.underway && now.body === body) return now.underway;
  if (now.underway && !leaving) return now.underway.then(() => save(form));
  const request = new URLSearchParams(new FormData(form));
  request.append("quiet", "1");
  if (now.underway) expect(request);
  const options = { method: "POST", body: request, credentials: "same-origin", redirect: "manual", cache: "no-store" };
  if (request.toString().length < LARGEST) options.keepalive = true;
  const stop = new AbortController();
  options.signal = stop.signal;
  now.stop = stop;
  now.body = body;
  now.underway = fetch(form.dataset.drafts, options).then(
    (answer) => take(form, body, request, answer),
    () => stop.signal.aborted || later(form, "offline"),
  ).finally(() => { now.underway = null; });
  return now.underway;
}

// Sent right after another, whose answer this page will not wait for: it builds upon it.
function expect(request) {
  const after = (number) => String(Number(number) + 1);
  const base = request.get("base");
  if (base) request.set("base", base.replace(/[0-9]+$/, after));
  else if (request.has("revision")) request.set("revision", after(request.get("revision")));
}

function take(form, body, request, answer) {
  if (!form.isConnected) return undefined;
  const now = state(form);
  if (answer.status === 204) {
    const mark = form.elements.base || form.elements.revision;
    const base = answer.headers.get("Draft-Base");
    if (base && mark) mark.value = base;
    now.sent = body;
    now.since = 0;
    now.tries = 0;
    const when = new Date(answer.headers.get("Date") || Date.now());
    tell(form, "kept", when);
    if (changed(form)) soon(form, PAUSE);
    else notify(form, "kept");
    const before = form.querySelector("[data-text-before]");
    if (before) before.hidden = form.elements.text.value === now.before;
    return undefined;
  }
  if (busy(form)) return undefined;
  if (answer.status === 401 || answer.type === "opaqueredirect") {
    ended = true;
    now.tries += 1;
    tell(form, "ended");
    document.dispatchEvent(new CustomEvent("sign-in-needed"));
    return undefined;
  }
  if (answer.status >= 500 || answer.status === 429) return later(form, "away");
  return show(form, request);
}

function later(form, why) {
  const now = state(form);
  if (!form.isConnected) return;
  tell(form, why);
  clearTimeout(now.timer);
  now.timer = setTimeout(() => save(form), AGAIN[Math.min(now.tries, AGAIN.length - 1)]);
  now.tries += 1;
}

// Refused: the server's page says why, beside the question, with what was typed still in its fields.
function show(form, request) {
  request.delete("quiet");
  return ask("POST", form.dataset.drafts, request).then((page) => {
    const question = form.closest("[data-question]");
    const fresh = page && question && page.getElementById(question.id);
    if (fresh && form.isConnected && !busy(form)) put(question, fresh, false);
    else if (form.isConnected) later(form, "away");
  });
}

function ask(method, address, body) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open(method, address);
    request.responseType = "document";
    request.addEventListener("loadend", () => done(request.response));
    request.send(body);
  });
}

// `asked`: someone pressed for it and reads on at what is said; else they go on where they were, with what they typed.
function put(question, answered, asked) {
  const fresh = document.importNode(answered, true);
  const active = question.contains(document.activeElement) ? document.activeElement : null;
  if (!asked) copy(question, fresh);
  question.replaceWith(fresh);
  document.dispatchEvent(new CustomEvent("question", { detail: fresh }));
  const place = fresh.querySelector("[data-focus]");
  const same = active && active.id && document.getElementById(active.id);
  if (active && (asked || !same) && place) place.focus();
  else if (same && !asked) {
    same.focus();
    if (active.matches("[type=text], textarea")) same.setSelectionRange(active.selectionStart, active.selectionEnd);
  }
  if (!asked && place) announce(place.textContent.trim());
}

function copy(question, fresh) {
  for (const one of question.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const same = one.id && fresh.querySelector("#" + CSS.escape(one.id));
    if (!same) continue;
    if (one.matches("[type=radio], [type=checkbox]")) same.checked = one.checked;
    else same.value = one.value;
  }
}

// One line beside the answer always says how it stands; it is read aloud when that changes, not at each key.
function tell(form, how, when) {
  const now = state(form);
  const line = form.querySelector("[data-draft-line]");
  if (!line) return;
  const words = how === "kept" ? messages.kept.replace("#", clock(when)) : how ? messages[how] : "";
  if (line.textContent !== words) line.textContent = words;
  const fresh = how !== "waiting" && how !== "" && how !== now.read;
  now.told = how;
  if (!fresh) return;
  now.read = how;
  announce(words);
}

function announce(words) {
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = words; });
}

// « 14 h 02 », 14:02: this device's time of day at the moment that the server names.
function clock(when) {
  const two = (number) => String(number).padStart(2, "0");
  return messages.clock.replace("#", when.getHours()).replace("#", two(when.getMinutes()));
}

function notify(form, name) {
  const question = form.closest("[data-question]");
  if (question) document.dispatchEvent(new CustomEvent(name, { detail: question }));
}

function drafted(target) {
  const form = target.form || (target.closest && target.closest("form"));
  return form && form.dataset.drafts ? form : null;
}

for (const form of forms()) if (changed(form)) soon(form, SOON);
document.addEventListener("question", (event) => {
  for (const form of event.detail.querySelectorAll("form[data-drafts]")) state(form);
});
document.addEventListener("input", (event) => {
  const form = drafted(event.target);
  if (form) soon(form, event.target.matches("[type=text], textarea") ? PAUSE : SOON);
});
document.addEventListener("change", (event) => {
  const form = drafted(event.target);
  if (form) soon(form, SOON);
});
document.addEventListener("focusout", (event) => {
  const form = drafted(event.target);
  if (form && state(form).since) save(form);
});

// The answer itself is on its way: nothing of it is kept beside it. It is looked at again if it was not sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.drafts) {
    clearTimeout(state(form).timer);
    // Should it come in after the answer, it would be refused, and nobody is to read of that.
    if (state(form).underway) state(form).stop.abort();
    if (changed(form)) state(form).timer = setTimeout(() => save(form), 5000);
  } else if (form.matches(".onwards") && !event.defaultPrevented) goOn(event, form);
});

// « Continuer » waits for what was just ticked; where it cannot be kept this is said, and pressed again it goes on.
function goOn(event, form) {
  const open = forms().filter((one) => (changed(one) && !emptied(one) && permitted(one)) || state(one).underway);
  if (!open.length || form.dataset.waited || ended) return;
  event.preventDefault();
  const patience = new Promise((done) => { setTimeout(done, 3000); });
  Promise.race([Promise.all(open.map((one) => save(one))), patience]).then(() => {
    form.dataset.waited = "1";
    if (open.some((one) => one.isConnected && changed(one))) return stay(form);
    form.requestSubmit();
    return undefined;
  });
}

function stay(form) {
  const line = form.querySelector("[role=alert]") || document.createElement("p");
  line.className = "field-error";
  line.setAttribute("role", "alert");
  form.prepend(line);
  requestAnimationFrame(() => { line.textContent = messages.unkept; });
}

document.addEventListener("click", (event) => {
  const take = event.target.closest("[data-take]");
  const before = event.target.closest("[data-text-before]");
  if (take) {
    const question = take.closest("[data-question]");
    event.preventDefault();
    ask("GET", take.href).then((page) => {
      const fresh = page && page.getElementById(question.id);
      if (fresh) put(question, fresh, true);
      else tell(question.querySelector("form"), "away");
    });
  } else if (before) {
    const text = before.form.elements.text;
    text.value = state(before.form).before;
    before.hidden = true;
    text.focus();
    announce(messages.back);
    soon(before.form, SOON);
  }
});

const saveAll = (leaving) => { for (const form of forms()) save(form, leaving); };
document.addEventListener("visibilitychange", () => { if (document.hidden) saveAll(false); });
window.addEventListener("pagehide", () => saveAll(true));
window.addEventListener("beforeunload", () => saveAll(true));
window.addEventListener("online", () => saveAll(false));
// Back on a page that was put aside: what it sent while it was left is asked for again, and nothing else is sent twice.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of forms()) { delete form.dataset.waited; save(form); }
});
document.addEventListener("signed-in", () => {
  ended = false;
  for (const form of forms()) soon(form, AGAIN[Math.min(state(form).tries, AGAIN.length - 1)] / 4);
});
document.addEventListener("signed-out", () => {
  ended = true;
  for (const form of forms()) if (changed(form)) tell(form, "ended");
});

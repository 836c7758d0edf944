// Writing a text: from a problem to its line, models at a press, and a question before leaving what is not saved.
// Without this file everything works as well: lines are quoted and models can be copied. The Tab key is left alone.

const field = document.getElementById("text");
const place = document.getElementById("place");
const before = field.value;
let sending = false;

function lineStart(number) {
  let at = 0;
  for (let line = 1; line < number; line += 1) {
    const next = field.value.indexOf("\n", at);
    if (next < 0) break;
    at = next + 1;
  }
  return at;
}

// The browser scrolls to where one types, but not to a selection: the share of lines above is near enough.
function show(line) {
  const start = lineStart(line);
  const end = field.value.indexOf("\n", start);
  field.focus();
  field.setSelectionRange(start, end < 0 ? field.value.length : end);
  const lines = field.value.split("\n").length;
  field.scrollTop = Math.max(0, (field.scrollHeight * (line - 1)) / lines - field.clientHeight / 3);
  field.scrollIntoView({ block: "nearest" });
  tell();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (link && link.hash === "#text") {
    event.preventDefault();
    show(Number(link.dataset.line));
  }
});

function tell() {
  const line = field.value.slice(0, field.selectionStart).split("\n").length;
  place.textContent = field.dataset.lines.replace("#", String(line));
}
for (const sign of ["keyup", "click", "focus", "input"]) field.addEventListener(sign, tell);

// A model goes on lines of its own after the line one is on, and its first words to replace are selected.
function insert(text) {
  const at = field.selectionEnd;
  const end = field.value.indexOf("\n", at);
  const where = end < 0 ? field.value.length : end;
  field.focus();
  field.setSelectionRange(where, where);
  const whole = "\n\n" + text.replace(/\n$/, field.value.slice(where).startsWith("\n\n") ? "" : "\n");
  // execCommand keeps the undo of the browser; where it is gone, the text is set all the same.
  if (!document.execCommand || !document.execCommand("insertText", false, whole)) field.setRangeText(whole, where, where, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  show(field.value.slice(0, where + 2).split("\n").length);
}

// An id is never used twice: once a model is inserted, it gets others, of the same signs (elearn/core/new_ids.py).
const SIGNS = "bcdfghjkmnpqrstvwxz23456789";

function renewed(text) {
  const made = new Map();
  return text.replace(/#([qset])-[a-z0-9]{5}(?![a-z0-9-])/g, (id, letter) => {
    if (!made.has(id)) {
      const chance = crypto.getRandomValues(new Uint8Array(5));
      made.set(id, "#" + letter + "-" + Array.from(chance, (one) => SIGNS[one % SIGNS.length]).join(""));
    }
    return made.get(id);
  });
}

const pieces = document.getElementById("pieces");
if (pieces) {
  for (const pre of pieces.querySelectorAll("pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button second slight";
    button.textContent = pieces.dataset.insert;
    button.setAttribute("aria-label", pieces.dataset.insert + " : " + pre.getAttribute("aria-label"));
    button.addEventListener("click", () => {
      insert(pre.textContent);
      pre.textContent = renewed(pre.textContent);
    });
    pre.after(button);
  }
}

field.form.addEventListener("submit", () => { sending = true; });
window.addEventListener("pageshow", () => { sending = false; });
window.addEventListener("beforeunload", (event) => {
  if (!sending && field.value !== before) event.preventDefault();
});

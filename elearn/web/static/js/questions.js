// Answers a question without leaving the page, so that what was begun elsewhere on it stays.
// The server's page is the only source: the form is sent whole, and its question in the answer replaces the old one.

const messages = document.getElementById("question_messages").dataset;
const unsent = new Set();
let underway = 0;
let waiting = null;

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.closest("[data-question]");
  if (question) {
    event.preventDefault();
    send(form, question, event.submitter || document.activeElement);
  } else if (underway && form.matches(".onwards")) {
    // « Continuer » pressed while an answer is on its way: once it has arrived.
    event.preventDefault();
    waiting = form;
  }
});

// A private text that was changed and not kept: leaving the page asks first.
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-question] textarea")) unsent.add(event.target.closest("[data-question]").id);
});
document.addEventListener("kept", (event) => unsent.delete(event.detail.id));
window.addEventListener("beforeunload", (event) => {
  if (unsent.size) event.preventDefault();
});

function send(form, question, pressed) {
  const button = form.querySelector("[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return;
  const fields = new URLSearchParams(new FormData(form));
  if (pressed && pressed.form === form && pressed.name) fields.append(pressed.name, pressed.value);
  const request = new XMLHttpRequest();
  request.open("POST", pressed && pressed.form === form && pressed.hasAttribute("formaction") ? pressed.formAction : form.action);
  request.responseType = "document";
  request.addEventListener("loadend", () => {
    underway -= 1;
    const answered = request.response && request.response.getElementById(question.id);
    if (answered) replace(question, answered, request.response);
    else refuse(form, button);
    if (answered && waiting && !underway) waiting.submit();
    waiting = null;
  });
  underway += 1;
  button.setAttribute("aria-busy", "true");
  request.send(fields);
}

function replace(question, answered, page) {
  const fresh = document.importNode(answered, true);
  // In an answer that is parsed without scripts, what stands in for them is made of real buttons.
  for (const one of fresh.querySelectorAll("noscript")) one.remove();
  question.replaceWith(fresh);
  if (!fresh.querySelector(".field-error")) unsent.delete(fresh.id);
  const progress = page.getElementById("unit_progress");
  const shown = document.getElementById("unit_progress");
  if (progress && shown) shown.replaceWith(document.importNode(progress, true));
  document.dispatchEvent(new CustomEvent("question", { detail: fresh }));
  const said = fresh.querySelector("[data-focus]");
  if (said) said.focus();
}

function refuse(form, button) {
  button.removeAttribute("aria-busy");
  let line = form.querySelector(".not-sent");
  if (!line) {
    line = document.createElement("p");
    line.className = "field-error not-sent";
    line.setAttribute("role", "alert");
    button.before(line);
  }
  line.textContent = "";
  requestAnimationFrame(() => { line.textContent = messages.notSent; });
}

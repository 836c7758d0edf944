// Answers a question without leaving the page, so that what was begun elsewhere on it stays.
// The server's page is the only source: the same form, sent whole, and its own question put in place of the old one.
const messages = document.getElementById("question_messages").dataset;
const unsent = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.closest("[data-question]");
  if (!question || event.defaultPrevented) return;
  event.preventDefault();
  send(form, question);
});

// A private text that was changed and not kept: leaving the page asks first.
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-question] textarea")) unsent.add(event.target.closest("[data-question]").id);
});
window.addEventListener("beforeunload", (event) => {
  if (unsent.size) event.preventDefault();
});

function send(form, question) {
  const button = form.querySelector("[type=submit]");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.addEventListener("load", () => {
    const answered = request.response && request.response.getElementById(question.id);
    if (answered) replace(question, answered, request.response);
    else refuse(form, button);
  });
  request.addEventListener("error", () => refuse(form, button));
  request.send(new URLSearchParams(new FormData(form)));
}

function replace(question, answered, page) {
  const fresh = document.importNode(answered, true);
  question.replaceWith(fresh);
  unsent.delete(fresh.id);
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

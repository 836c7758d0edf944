// Small comforts of every page. Without this file everything works as well.

// After a refused form or an answered question, start reading at what is said of it.
const places = Array.from(document.querySelectorAll("[data-focus]"));
const start = places.find((place) => place.id === "error_summary" || location.hash === "#" + place.dataset.focus);
if (start) start.focus();

// Links of an error summary lead into the field itself.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a");
  const field = link && document.getElementById(link.hash.slice(1));
  if (field) {
    event.preventDefault();
    field.focus();
  }
});

// Beside a unit, the list of its sections scrolls on its own: the current one is brought into sight.
const sections = document.querySelector("nav.sections");
const current = sections && sections.querySelector("[aria-current]");
if (current && sections.scrollHeight > sections.clientHeight) {
  sections.scrollTop += current.getBoundingClientRect().top - sections.getBoundingClientRect().top - sections.clientHeight / 2;
}

// A password can be looked at before it is sent, and is hidden again when it is.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.getElementById(button.dataset.reveal);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
}

// Ordering with buttons, or by dragging a thing by its grip: each place's menu stays in the form and is kept in step; the list moves on the screen.

const messages = document.getElementById("question_messages").dataset;

for (const question of document.querySelectorAll("[data-question]")) upgrade(question);
document.addEventListener("question", (event) => upgrade(event.detail));

function upgrade(question) {
  const list = question.querySelector(".places[data-ordering]");
  const pattern = document.getElementById("movers_pattern");
  if (!list || !pattern) return;
  const rows = Array.from(list.children);
  const placed = (row) => Number(row.querySelector("select").value || rows.length + rows.indexOf(row));
  for (const row of rows.slice().sort((a, b) => placed(a) - placed(b))) {
    list.append(row);
    row.querySelector(".choose").after(document.importNode(pattern.content, true));
    row.querySelector(".choose").hidden = true;
    row.querySelector("[data-move=up]").addEventListener("click", (event) => move(list, row, -1, event.currentTarget));
    row.querySelector("[data-move=down]").addEventListener("click", (event) => move(list, row, 1, event.currentTarget));
    row.querySelector(".grip").addEventListener("pointerdown", (event) => drag(list, row, event));
  }
  question.querySelector(".hint").textContent = messages.howToOrder;
  number(list);
}

function move(list, row, by, button) {
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(row);
  else other.after(row);
  moved(list, row);
  button.focus();
}

function moved(list, row) {
  // What was said of a place no longer holds once things have moved.
  for (const remark of list.querySelectorAll(".remark")) remark.remove();
  number(list);
  list.parentElement.querySelector("[data-said]").textContent = row.querySelector(".number").textContent;
  // Whoever keeps what was begun hears of it as of any other field.
  row.querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
}

// The thing takes the place of the one it is held over, at once and without gliding. Escape lets go where it began.
function drag(list, row, event) {
  if (event.button) return;
  event.preventDefault();
  const grip = event.currentTarget;
  const began = row.nextElementSibling;
  const before = Array.from(list.children).indexOf(row);
  grip.setPointerCapture(event.pointerId);
  row.classList.add("held");
  // The others make room: the thing itself stays in the page, since taking it out would let go of it.
  const follow = (at) => {
    while (row.previousElementSibling && at.clientY < middle(row.previousElementSibling)) row.after(row.previousElementSibling);
    while (row.nextElementSibling && at.clientY > middle(row.nextElementSibling)) row.before(row.nextElementSibling);
    number(list);
  };
  const leave = (key) => {
    if (key.key === "Escape") drop(true);
  };
  const drop = (back) => {
    grip.removeEventListener("pointermove", follow);
    document.removeEventListener("keydown", leave);
    row.classList.remove("held");
    if (back === true) list.insertBefore(row, began);
    number(list);
    if (Array.from(list.children).indexOf(row) !== before) moved(list, row);
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("lostpointercapture", drop, { once: true });
  document.addEventListener("keydown", leave);
}

function middle(row) {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}

// Places are told from 1; the value of each option is what the server reads.
function number(list) {
  const rows = Array.from(list.children);
  rows.forEach((row, n) => {
    const select = row.querySelector("select");
    select.selectedIndex = n + 1;
    row.querySelector(".number").textContent = messages.place.replace("#", n + 1).replace("#", rows.length);
    const name = row.querySelector("label").textContent.trim();
    for (const [way, edge] of [["up", 0], ["down", rows.length - 1]]) {
      const button = row.querySelector(`[data-move=${way}]`);
      button.setAttribute("aria-label", button.title + " – " + name);
      button.setAttribute("aria-disabled", String(n === edge));
    }
  });
}

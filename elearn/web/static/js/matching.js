// Matching by dragging a letter onto the thing that goes with it. The menus stay, and are what the form sends.

for (const question of document.querySelectorAll("[data-question]")) upgrade(question);
document.addEventListener("question", (event) => upgrade(event.detail));

function upgrade(question) {
  const targets = question.querySelector(".targets");
  const pattern = document.getElementById("grip_pattern");
  if (!targets || !pattern) return;
  Array.from(targets.children).forEach((target, n) => {
    target.prepend(document.importNode(pattern.content, true));
    target.querySelector(".grip").addEventListener("pointerdown", (event) => drag(question, target, n, event));
  });
}

// Escape, or letting go elsewhere, changes nothing.
function drag(question, target, n, event) {
  if (event.button) return;
  event.preventDefault();
  const grip = event.currentTarget;
  const ghost = document.createElement("div");
  ghost.className = "ghost";
  ghost.setAttribute("aria-hidden", "true");
  ghost.textContent = target.textContent.trim();
  document.body.append(ghost);
  let over = null;
  const follow = (at) => {
    ghost.style.left = at.clientX + "px";
    ghost.style.top = at.clientY + "px";
    const under = document.elementFromPoint(at.clientX, at.clientY);
    const pair = under && under.closest(".pair");
    if (over) over.classList.remove("aimed");
    over = pair && question.contains(pair) ? pair : null;
    if (over) over.classList.add("aimed");
  };
  const leave = (key) => {
    if (key.key !== "Escape") return;
    if (over) over.classList.remove("aimed");
    over = null;
    end();
  };
  const end = () => {
    grip.removeEventListener("pointermove", follow);
    document.removeEventListener("keydown", leave);
    ghost.remove();
    if (over) choose(over, n);
    over = null;
  };
  grip.setPointerCapture(event.pointerId);
  follow(event);
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("pointercancel", () => { over = null; }, { once: true });
  grip.addEventListener("lostpointercapture", end, { once: true });
  document.addEventListener("keydown", leave);
}

function choose(pair, n) {
  pair.classList.remove("aimed");
  const select = pair.querySelector("select");
  select.selectedIndex = n + 1;
  // What was said of a pair no longer holds once it is another one.
  const remark = pair.querySelector(".remark");
  if (remark) remark.remove();
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

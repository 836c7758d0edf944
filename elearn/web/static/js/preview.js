// The page follows each save. What is being typed in it is thrown away with it: a preview keeps nothing.
const seen = document.querySelector("[data-preview-state]").dataset.previewState;

async function look() {
  try {
    const answer = await fetch("/preview/state", { cache: "no-store" });
    if (answer.ok && (await answer.json()).state !== seen) location.reload();
  } catch {
    // The preview was stopped, or is not up yet: the next look will tell.
  }
}

setInterval(() => {
  if (!document.hidden) look();
}, 1000);
document.addEventListener("visibilitychange", look);

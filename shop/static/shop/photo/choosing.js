/* The ways in which a photo comes into the page: chosen, taken, dropped, pasted. */

/**
 * Calls `take(file)` for each photo that comes, and `refuse()` where something without a
 * file was dropped.
 */
export function listen(page, take, refuse) {
  for (const input of page.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      const [file] = input.files;
      input.value = ""; // so that the same file can be chosen again
      if (file) take(file);
    });
  }
  document.addEventListener("paste", (event) => {
    const file = pictureIn(event.clipboardData);
    if (!file || isTextFor(event)) return;
    event.preventDefault();
    take(file);
  });
  listenToDrops(page.querySelector("[data-target]"), take, refuse);
}

/* Anywhere on the page: a photo that misses the target must not replace the page. */
function listenToDrops(place, take, refuse) {
  const isOurs = ({ dataTransfer: { types }, target }) =>
    types.includes("Files") || !target.closest?.("input[type=text], input[type=search]");
  document.addEventListener("dragover", (event) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    place.classList.add("target-over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) place.classList.remove("target-over");
  });
  document.addEventListener("drop", (event) => {
    place.classList.remove("target-over");
    if (!isOurs(event)) return;
    event.preventDefault();
    const file = pictureIn(event.dataTransfer) ?? event.dataTransfer.files[0];
    if (file) take(file);
    else refuse();
  });
}

/* Some programs copy a picture of the text beside the text that is meant for a field. */
function isTextFor({ clipboardData, target }) {
  const isField = target.matches?.("input:not([type=file]), textarea");
  return isField && clipboardData.types.includes("text/plain");
}

function pictureIn(transfer) {
  return [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));
}

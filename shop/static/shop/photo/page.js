/* Search by photo: the photo stays in the page, whatever is asked about it. */

import { Answer } from "./answer.js";
import { written } from "./box.js";
import { listen } from "./choosing.js";
import { Crop } from "./crop.js";
import { drawn, sendable } from "./picture.js";

const page = document.querySelector("[data-photo-page]");
const form = page.querySelector("form");
const crop = new Crop(page.querySelector("[data-crop]"));
const answer = new Answer(form, page.querySelector("[data-answer]"));
const noPreview = page.querySelector("[data-no-preview]");

// The box is drawn here; not every browser hides by itself what is for those without a script.
form.querySelector(".without-script").remove();

let photo = null; // a promise of what is sent
let asked = null; // what the page shows the answer to

async function take(file) {
  answer.clear();
  asked = null;
  const shown = drawn(file).catch(() => null); // then the file itself is sent
  const current = shown.then((canvas) => sendable(file, canvas));
  photo = current;
  const canvas = await shown;
  if (photo !== current) return; // another one was chosen meanwhile
  page.classList.add("photo-chosen");
  noPreview.hidden = Boolean(canvas);
  if (canvas) crop.show(canvas);
  else crop.hide();
}

/* What is asked; null where another photo was chosen before this one was ready. */
async function collected() {
  const data = new FormData(form);
  const current = photo;
  data.set("box", written(crop.box));
  data.delete("photo");
  if (current) data.set("photo", await current, "photo");
  return photo === current ? data : null;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { submitter } = event;
  const isPage = submitter?.name === "page" && asked;
  const wanted = isPage ? asked : await collected(); // a page is one of what was asked then
  if (!wanted) return;
  asked = wanted;
  asked.set("page", isPage ? submitter.value : "1");
  answer.ask(asked);
});

listen(page, take, () => answer.problem("nothing"));

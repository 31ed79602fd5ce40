/* The box over the preview, moved and resized by mouse, by touch and by keyboard. */

import { WHOLE, isWhole, moved, percent, reach, resized } from "./box.js";

const STEP = 0.02; // of the photo, for an arrow key
const LEAP = 0.1; // for Page Up and Page Down
const LEAST_PIXELS = 64; // on the screen: two handles, and something between them to hold
const QUIET_MS = 300; // before a screen reader is told where the box is

const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class Crop {
  box = WHOLE;
  #root;
  #frame;
  #canvas;
  #value;
  #reset;
  #timer;

  constructor(root) {
    this.#root = root;
    this.#frame = root.querySelector("[data-frame]");
    this.#canvas = root.querySelector("canvas");
    this.#value = root.querySelector("[data-value]");
    this.#reset = root.querySelector("[data-reset]");
    this.#reset.addEventListener("click", () => this.#takeWhole());
    this.#listen(root.querySelector("[data-move]"), []);
    for (const handle of root.querySelectorAll("[data-edge]")) {
      this.#listen(handle, handle.dataset.edge.split(" "));
    }
  }

  /** Shows a photo, drawn on a canvas, with a box around all of it. */
  show(drawn) {
    this.#canvas.width = drawn.width;
    this.#canvas.height = drawn.height;
    this.#canvas.getContext("2d").drawImage(drawn, 0, 0);
    this.#frame.style.setProperty("--shape", `${drawn.width / drawn.height}`);
    this.#root.hidden = false;
    this.#set(WHOLE);
    this.#root.scrollIntoView({ block: "nearest" });
  }

  hide() {
    this.#root.hidden = true;
    this.box = WHOLE;
  }

  #takeWhole() {
    this.#set(WHOLE);
    this.#root.querySelector("[data-move]").focus();
  }

  #listen(handle, edges) {
    handle.addEventListener("pointerdown", (event) => this.#drag(event, handle, edges));
    if (handle.tabIndex >= 0) {
      handle.addEventListener("keydown", (event) => this.#press(event, edges));
    }
  }

  /* --- mouse and touch ------------------------------------------------------------------ */

  #drag(start, handle, edges) {
    if (start.button !== 0 || !start.isPrimary) return;
    const { width, height } = this.#frame.getBoundingClientRect();
    const before = this.box;
    const follow = (event) => {
      const across = (event.clientX - start.clientX) / width;
      const down = (event.clientY - start.clientY) / height;
      this.#change(before, edges, across, down);
    };
    const stop = () => {
      handle.removeEventListener("pointermove", follow);
      handle.removeEventListener("pointerup", stop);
      handle.removeEventListener("pointercancel", stop);
    };
    handle.setPointerCapture(start.pointerId);
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("pointerup", stop);
    handle.addEventListener("pointercancel", stop);
  }

  /* --- keyboard ------------------------------------------------------------------------- */

  #press(event, edges) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const moves = edges.length ? this.#edgeKeys(event, edges[0]) : this.#boxKeys(event);
    if (!moves) return;
    event.preventDefault();
    this.#change(this.box, ...moves);
  }

  #boxKeys({ key, shiftKey }) {
    const arrow = ARROWS[key];
    return arrow && [shiftKey ? ["right", "bottom"] : [], STEP * arrow[0], STEP * arrow[1]];
  }

  #edgeKeys({ key }, edge) {
    const far = 1; // resizing stops where the edge may go
    const along = { PageUp: -LEAP, PageDown: LEAP, Home: -far, End: far }[key];
    if (along) return [[edge], along, along];
    const arrow = ARROWS[key];
    return arrow && [[edge], STEP * arrow[0], STEP * arrow[1]];
  }

  /* --- what both do --------------------------------------------------------------------- */

  #change(box, edges, across, down) {
    const next = edges.length
      ? resized(box, edges, across, down, this.#least())
      : moved(box, across, down);
    this.#set(next);
  }

  #least() {
    const { width, height } = this.#frame.getBoundingClientRect();
    return { across: Math.min(1, LEAST_PIXELS / width), down: Math.min(1, LEAST_PIXELS / height) };
  }

  #set(box) {
    this.box = box;
    for (const [edge, fraction] of Object.entries(box)) {
      this.#frame.style.setProperty(`--${edge}`, `${fraction}`);
      this.#describe(edge, fraction);
    }
    this.#frame.classList.toggle("crop-whole", isWhole(box));
    this.#reset.hidden = isWhole(box);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), QUIET_MS);
  }

  #describe(edge, fraction) {
    const handle = this.#root.querySelector(`[data-edge="${edge}"]`);
    const [from, to] = reach(this.box, edge, this.#least());
    handle.setAttribute("aria-valuemin", percent(from));
    handle.setAttribute("aria-valuemax", percent(to));
    handle.setAttribute("aria-valuenow", percent(fraction));
    handle.setAttribute("aria-valuetext", filled(handle.dataset.text, { percent: fraction }));
  }

  #tell() {
    const { whole, part } = this.#value.dataset;
    this.#value.textContent = isWhole(this.box) ? whole : filled(part, this.box);
  }
}

function filled(text, fractions) {
  return text.replace(/\{(\w+)\}/g, (_, name) => percent(fractions[name]));
}

/* A part of a photo as fractions of it, 0 to 1: left, top, right, bottom. */

export const WHOLE = Object.freeze({ left: 0, top: 0, right: 1, bottom: 1 });

const EDGES_ACROSS = ["left", "right"];

const clamped = (value, least, most) => Math.min(Math.max(value, least), most);

/** The box, moved as far as the photo reaches. */
export function moved(box, across, down) {
  const dx = clamped(across, -box.left, 1 - box.right);
  const dy = clamped(down, -box.top, 1 - box.bottom);
  return {
    left: box.left + dx,
    top: box.top + dy,
    right: box.right + dx,
    bottom: box.bottom + dy,
  };
}

/** The box with these of its edges moved; never smaller than `least` each way. */
export function resized(box, edges, across, down, least) {
  const next = { ...box };
  for (const edge of edges) {
    const [from, to] = reach(box, edge, least);
    next[edge] = clamped(box[edge] + (isAcross(edge) ? across : down), from, to);
  }
  return next;
}

/** From where to where an edge may go. */
export function reach(box, edge, least) {
  switch (edge) {
    case "left":
      return [0, Math.max(0, box.right - least.across)];
    case "top":
      return [0, Math.max(0, box.bottom - least.down)];
    case "right":
      return [Math.min(1, box.left + least.across), 1];
    default:
      return [Math.min(1, box.top + least.down), 1];
  }
}

export function isAcross(edge) {
  return EDGES_ACROSS.includes(edge);
}

export function isWhole(box) {
  return Object.entries(WHOLE).every(([edge, value]) => Math.abs(box[edge] - value) < 0.001);
}

/** As the server reads it; empty for the whole photo. */
export function written(box) {
  const { left, top, right, bottom } = box;
  return isWhole(box) ? "" : [left, top, right, bottom].map((each) => each.toFixed(4)).join(",");
}

export const percent = (fraction) => Math.round(100 * fraction);

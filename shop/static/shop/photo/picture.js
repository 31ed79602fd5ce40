/* A photo as the browser shows it, and small enough for a phone's connection. */

const LONGEST_SIDE = 1600;
const QUALITY = 0.9;
const SMALL_BYTES = 400_000; // sent as it is: making it smaller would save little

/**
 * The photo upright, on a canvas. createImageBitmap minds how the camera was held, and needs
 * no address, which the page's policy would refuse. Rejects what this browser cannot read.
 */
export async function drawn(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d", { alpha: false });
  pen.fillStyle = "#fff"; // behind what is transparent
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  canvas.dataset.isReduced = scale < 1;
  return canvas;
}

/** What is sent: the photo made smaller, or the file itself where that saves nothing. */
export async function sendable(file, canvas) {
  const isReduced = canvas?.dataset.isReduced === "true";
  if (!canvas || (file.size <= SMALL_BYTES && !isReduced)) return file;
  const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return small && (isReduced || small.size < file.size) ? small : file;
}

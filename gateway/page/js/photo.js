// A photo made ready before it leaves the device: upright, of moderate size, without metadata. `others`: of the same person.

const LONGEST = 1600; // pixels; more tells perception nothing and costs a phone's upload
const QUALITY = 0.92;

/** A canvas as a photo. */
async function fromCanvas(canvas) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return { blob, url: URL.createObjectURL(blob), width: canvas.width, height: canvas.height, others: [] };
}

function draw(source, width, height) {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // under a transparent picture
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * A file as a photo. What this browser cannot open is sent as it is: the service says what is wrong with it.
 */
export async function fromFile(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    return await fromCanvas(draw(bitmap, bitmap.width, bitmap.height));
  } catch {
    return { blob: file, url: URL.createObjectURL(file), width: 0, height: 0, others: [] };
  }
}

/** What the camera shows now. */
export const fromVideo = (video) => fromCanvas(draw(video, video.videoWidth, video.videoHeight));

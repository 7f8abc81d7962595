// A frame on the face as one picture to keep or to send.

import { picture } from "./api.js";
import { cropOf } from "./crop.js";
import { toast } from "./dom.js";
import { brief, nameOf, wornPath } from "./frames.js";
import { state } from "./store.js";
import { t } from "./text.js";

const SIDE = 1080;
const FOOT = 190;

/** Draw the frames on the face side by side, with their names. */
async function sheet(frames) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SIDE, SIDE + FOOT];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#faf9f6";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const width = SIDE / frames.length;
  for (const [place, frame] of frames.entries()) {
    await lay(pen, frame, place * width, width);
    caption(pen, frame, place * width + 44, width - 88);
  }
  pen.font = "500 24px system-ui, sans-serif";
  pen.fillStyle = "#6a6761";
  pen.textAlign = "right";
  pen.fillText("ExpertGlasses", SIDE - 44, SIDE + FOOT - 30);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}

async function lay(pen, frame, left, width) {
  const image = new Image();
  image.src = await picture(wornPath(frame));
  await image.decode();
  const { x, y, width: w, height: h } = cropOf(state.view.face, width / SIDE);
  const scale = image.naturalWidth / state.view.face.image_width;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, x * scale, y * scale, w * scale, h * scale, left, 0, width, SIDE);
}

function caption(pen, frame, left, most) {
  pen.textAlign = "left";
  pen.fillStyle = "#1d1c1a";
  pen.font = `600 ${most < SIDE / 2 ? 27 : 34}px system-ui, sans-serif`;
  pen.fillText(nameOf(frame), left, SIDE + 70, most);
  pen.fillStyle = "#6a6761";
  pen.font = "26px system-ui, sans-serif";
  pen.fillText(brief(frame), left, SIDE + 112, most);
}

/** Hand a file to the device's share sheet, or save it where there is none. */
export async function give(blob, name) {
  const file = new File([blob], name, { type: blob.type });
  // A desktop's share sheet is no good at pictures; there a file is what people want.
  if (matchMedia("(pointer: coarse)").matches && navigator.canShare?.({ files: [file] })) {
    return navigator.share({ files: [file] }).catch(() => {});
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  toast(t("share.saved"));
}

/** Share the frames as they look on the face. */
export async function share(frames) {
  try {
    await give(await sheet(frames.filter(Boolean)), "expertglasses.jpg");
  } catch {
    toast(t("share.failed"));
  }
}

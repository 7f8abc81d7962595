// Which part of the photo is shown: the head and a little of the shoulders.

const AROUND = 2.05; // heights of the face box
const ABOVE = 0.44; // where the middle of the box lies in the crop

/**
 * The crop of a photo around a face.
 * @param ratio width of the crop by its height
 * @param around heights of the face box that it shows
 * @returns {x, y, width, height} in pixels of the photo
 */
export function cropOf(face, ratio, around = AROUND) {
  const { box, image_width: wide, image_height: high } = face;
  let height = Math.min(high, box.height * around);
  let width = height * ratio;
  if (width > wide) [width, height] = [wide, wide / ratio];
  const clamp = (value, most) => Math.max(0, Math.min(value, most));
  return {
    x: clamp(box.x + box.width / 2 - width / 2, wide - width),
    y: clamp(box.y + box.height / 2 - height * ABOVE, high - height),
    width,
    height,
  };
}

/** Lay a picture of the whole photo so that its container shows the crop. */
export function lay(node, crop, face) {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  node.style.width = share(face.image_width, crop.width);
  node.style.height = share(face.image_height, crop.height);
  node.style.left = share(-crop.x, crop.width);
  node.style.top = share(-crop.y, crop.height);
}

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

/** The largest crop of a photo of {width, height} with this ratio, from its middle. */
export function coverOf({ width: wide, height: high }, ratio) {
  const width = Math.min(wide, high * ratio);
  const height = width / ratio;
  return { x: (wide - width) / 2, y: (high - height) / 2, width, height };
}

/**
 * Lay a picture of the whole photo, stretched over its container, so that the container shows the crop.
 * By a transform: what moves that way pushes nothing else.
 */
export function lay(node, crop, wide, high) {
  const move = `${(-100 * crop.x) / crop.width}%, ${(-100 * crop.y) / crop.height}%`;
  node.style.transform = `translate(${move}) scale(${wide / crop.width}, ${high / crop.height})`;
}

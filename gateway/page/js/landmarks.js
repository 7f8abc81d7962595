// The measured points, drawn on the face.

import { s } from "./dom.js";

// Points of the face mesh, ring by ring.
const RINGS = {
  outline: [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109],
  jaw: [454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234],
  forehead: [127, 162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389, 356],
  browLeft: [70, 63, 105, 66, 107, 55, 65, 52, 53, 46],
  browRight: [300, 293, 334, 296, 336, 285, 295, 282, 283, 276],
  eyeLeft: [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
  eyeRight: [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
  nose: [168, 6, 197, 195, 5, 4, 1, 2, 98, 129, 49, 4, 279, 358, 327, 2],
  lips: [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185],
};
const OPEN = ["jaw", "forehead", "nose"];
const EXTRA = ["jaw", "forehead"]; // only drawn while an attribute is looked at

/** The points of a face and the lines through them, to lie over its photo. */
export function marks({ landmarks, irises, image_width: wide, image_height: high, box }) {
  const at = (index) => `${(landmarks[index][0] * wide).toFixed(1)} ${(landmarks[index][1] * high).toFixed(1)}`;
  const stroke = box.width / 220;
  const ring = ([name, points]) =>
    s("path", { class: `ring ring-${name}${EXTRA.includes(name) ? " extra" : ""}`, "stroke-width": stroke * 1.4, d: `M${points.map(at).join("L")}${OPEN.includes(name) ? "" : "Z"}` });
  const dots = landmarks.map((_, index) => `M${at(index)}h0`).join("");
  const eyes = (irises ?? []).map(([x, y, r]) => s("circle", { class: "ring", "stroke-width": stroke * 1.4, cx: x * wide, cy: y * high, r: r * wide }));
  return s("svg", { viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: "none", "aria-hidden": "true" }, s("path", { class: "dots", "stroke-width": stroke * 1.9, d: dots }), ...Object.entries(RINGS).map(ring), ...eyes);
}

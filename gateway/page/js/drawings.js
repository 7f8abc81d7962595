// Line drawings: the face on the first page, and what to do about a photo that cannot be used.

import { s } from "./dom.js";

const OVAL = "c-20 0-31 15-31 36 0 25 14 46 31 46s31-21 31-46c0-21-11-36-31-36Z";

/** A face around (0, 0), about 62 wide and 82 high; `turn` −1 to 1 moves its middle line. */
function head({ turn = 0, shut = false } = {}) {
  const dx = 10 * turn;
  const eye = (x) =>
    shut ? s("path", { d: `M${x - 5} -4q5 4 10 0` }) : s("ellipse", { cx: x, cy: -4, rx: 3.4, ry: 2.6, class: "solid" });
  return [
    s("path", { d: `M0-42${OVAL}`, class: "skin" }),
    s("path", { d: `M-31-8c-2-26 12-40 31-40s33 14 31 40c-5-12-12-20-20-23-12 5-30 6-36 4-3 4-5 11-6 19Z`, class: "hair" }),
    eye(-12 + dx),
    eye(12 + dx),
    s("path", { d: `M${dx - 17}-12q5-3 10 0M${dx + 7}-12q5-3 10 0` }),
    s("path", { d: `M${dx * 1.4}-3q${turn > 0 ? 5 : -5} 9 0 12` }),
    s("path", { d: `M${dx - 8} 21q8 6 16 0` }),
  ];
}

const group = (x, y, scale, ...children) => s("g", { transform: `translate(${x} ${y}) scale(${scale})` }, ...children);
const frame = () => s("rect", { x: 48, y: 8, width: 104, height: 124, rx: 10, class: "card" });
const oval = (scale = 1) => group(100, 70, scale, s("path", { d: `M0-50c-25 0-39 20-39 48 0 31 18 56 39 56s39-25 39-56c0-28-14-48-39-48Z`, class: "dash" }));
const tick = () => s("path", { d: "m128 112 7 7 13-15", class: "good" });
const arrow = (d) => s("path", { d, class: "good" });
const before = (...drawn) => s("g", { class: "faint" }, ...drawn);

const DRAWINGS = {
  no_face: () => [frame(), oval(), group(100, 70, 0.9, head()), tick()],
  several_faces: () => [
    frame(),
    before(group(66, 84, 0.5, head()), group(136, 84, 0.5, head())),
    s("path", { d: "m56 60 20 40M76 60l-20 40M126 60l20 40M146 60l-20 40", class: "bad" }),
    group(100, 70, 0.8, head()),
    tick(),
  ],
  too_small: () => [
    frame(),
    oval(),
    before(group(100, 70, 0.35, head())),
    group(100, 70, 0.95, head()),
    arrow("M30 70h-18m0 0 6-6m-6 6 6 6M170 70h18m0 0-6-6m6 6-6 6"),
  ],
  turned: (advice) => {
    const side = { left: -1, right: 1 }[advice.direction] ?? 0;
    const tilt = { up: "M100 150v-14m0 0-5 6m5-6 5 6", down: "M100-4v12m0 0-5-6m5 6 5-6" }[advice.direction];
    const back = side < 0 ? "M28 52q14-26 44-30m0 0-8-4m8 4-5 7" : "M172 52q-14-26-44-30m0 0 8-4m-8 4 5 7";
    return [frame(), oval(), group(100, 70, 0.9, head({ turn: side })), arrow(tilt ?? back)];
  },
  blurred: () => [
    frame(),
    before(group(92, 70, 0.9, head()), group(108, 70, 0.9, head())),
    group(100, 70, 0.9, head()),
    s("path", { d: "M36 54v32M28 60v20M164 54v32M172 60v20", class: "bad" }),
  ],
  too_dark: () => [
    frame(),
    s("path", { d: "M100 8h42a10 10 0 0 1 10 10v104a10 10 0 0 1-10 10h-42Z", class: "shade" }),
    group(100, 70, 0.9, head()),
    s("rect", { x: 6, y: 30, width: 30, height: 44, rx: 2 }),
    s("path", { d: "M21 30v44M6 52h30" }),
    arrow("M42 44l9 3M42 56h10M42 68l9-3"),
  ],
  too_bright: () => [
    frame(),
    s("circle", { cx: 22, cy: 26, r: 9 }),
    s("path", { d: "M22 8v5M22 39v5M4 26h5M35 26h5M9 13l4 4M31 35l4 4M35 13l-4 4M13 35l-4 4" }),
    s("path", { d: "M40 118 168 4", class: "bad" }),
    group(100, 70, 0.9, head({ shut: true })),
  ],
  covered: () => [
    frame(),
    group(100, 72, 0.9, head()),
    before(s("path", { d: "M66 36q34-16 68 0l10 6q-44-10-88 0Z" })),
    arrow("M100 26V6m0 0-6 6m6-6 6 6"),
  ],
  file: () => [
    s("path", { d: "M66 12h46l24 24v92a6 6 0 0 1-6 6H66a6 6 0 0 1-6-6V18a6 6 0 0 1 6-6Z", class: "card" }),
    s("path", { d: "M112 12v24h24" }),
    group(98, 88, 0.5, head()),
    s("path", { d: "m146 100 22 22M168 100l-22 22", class: "bad" }),
  ],
  service: () => [
    s("path", { d: "M62 104a24 24 0 0 1 2-48 36 36 0 0 1 68-2 26 26 0 0 1 4 50Z", class: "card" }),
    s("path", { d: "M100 66v18M100 92v1", class: "bad" }),
  ],
};

const FILE = ["unsupported_media", "payload_too_large", "invalid_request"];

/** A picture of what to do about `advice`, for its code or the code of an error. */
export function drawing(code, advice = {}) {
  const file = code.startsWith("photo_") || FILE.includes(code);
  const parts = DRAWINGS[code] ?? (file ? DRAWINGS.file : DRAWINGS.service);
  return s("svg", { viewBox: "-4 -10 208 162", class: "drawing", "aria-hidden": "true" }, ...parts(advice));
}

/** The face of the first page, in glasses. */
export const welcome = () =>
  s(
    "svg",
    { viewBox: "0 0 200 140", class: "drawing" },
    oval(1.12),
    group(100, 72, 1.05, head()),
    group(
      100,
      68,
      1.05,
      s("rect", { x: -27, y: -12, width: 23, height: 17, rx: 7.5, class: "glasses" }),
      s("rect", { x: 4, y: -12, width: 23, height: 17, rx: 7.5, class: "glasses" }),
      s("path", { d: "M-4-6q4-3 8 0M-27-7l-4-2M27-7l4-2", class: "glasses" }),
    ),
  );

/** The glasses that stand where no picture could be had. */
export const glasses = () =>
  s("svg", { viewBox: "0 0 44 18", class: "glyph", "aria-hidden": "true" }, s("path", { d: "M2 6 0 4M42 6l2-2M18.5 8q3.5-3 7 0" }), s("rect", { x: 2, y: 4, width: 16.5, height: 12, rx: 5.5 }), s("rect", { x: 25.5, y: 4, width: 16.5, height: 12, rx: 5.5 }));

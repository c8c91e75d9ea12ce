// View 1: losses and slopes of one logit, and the two places where squared error has the same slope.

import { axes, clipped, curve, dot, grid, handle, legend, rule, samples, svg, words } from "./picture.js";
import {
  RIVALS,
  sigmoid,
  sigmoidCrossEntropy,
  sigmoidCrossEntropySlope,
  sigmoidSlope,
} from "./sigmoid_losses.js";
import { fixed, number, python, short, superscript, t } from "./text.js";

const PEAK_SEARCH = 60;
const LEAST_LOG = -8;
const SAME = 0.005;
// Below this a second place of the same slope says little: the slope hardly changes between the two.
const CLEARLY_HIGHER = 1.25;

export const SLOPES = {
  id: "slopes",
  defaults: { z: -6, y: 1, rival: "squared_error", scale: "linear" },
  controls: [
    { name: "z", kind: "range", min: -40, max: 40, step: 0.1, show: (z) => fixed(z, 1) },
    { name: "y", kind: "range", min: 0, max: 1, step: 0.05, show: (y) => fixed(y, 2) },
    { name: "rival", kind: "choice", options: Object.keys(RIVALS) },
    { name: "scale", kind: "choice", options: ["linear", "logarithmic"] },
  ],
  move: (_, __, z) => ({ z }),
  show(state, width) {
    const found = numbersAt(state);
    return {
      picture: picture(state, found, width),
      ...table(state, found),
      answer: answer(state, found),
      code: code(state),
      value: [found.ours],
    };
  },
};

function numbersAt({ z, y, rival }) {
  const other = RIVALS[rival];
  const ours = sigmoidCrossEntropySlope(z, y);
  const theirs = other.slope(z, y);
  return { ours, theirs, ratio: ours / theirs, twin: twin((u) => Math.abs(other.slope(u, y)), z, y) };
}

// The other logit on the same side of the minimum at which a slope has the size that it has at z; null if the
// slope grows nearly all the way, or z is near its peak.
function twin(size, z, y) {
  const root = y === 0 ? -60 : y === 1 ? 60 : Math.log(y / (1 - y));
  const side = z < root ? -1 : 1;
  let [a, b] = side < 0 ? [root - 120, root] : [root, root + 120];
  if (y === 0 || y === 1) [a, b] = [-60, 60];
  const [first, last] = [a, b];
  for (let n = 0; n < PEAK_SEARCH; n++) {
    const [u, v] = [a + (b - a) / 3, b - (b - a) / 3];
    if (size(u) < size(v)) a = u;
    else b = v;
  }
  const peak = (a + b) / 2;
  const level = size(z);
  if (!(level > 0) || size(peak) < level * CLEARLY_HIGHER) return null;
  let [low, high] = z < peak ? [peak, last] : [first, peak];
  const falls = z < peak;
  for (let n = 0; n < PEAK_SEARCH; n++) {
    const middle = (low + high) / 2;
    if (size(middle) > level === falls) low = middle;
    else high = middle;
  }
  const place = (low + high) / 2;
  return Math.abs(size(place) / level - 1) < 1e-6 ? place : null;
}

function picture(state, found, width) {
  const left = 50;
  const right = width - 12;
  const half = Math.max(
    10,
    Math.ceil(Math.abs(state.z) / 10) * 10,
    found.twin === null ? 0 : Math.ceil(Math.abs(found.twin)),
  );
  const x = [-half, half];
  const xTicks = [-1, -0.5, 0, 0.5, 1].map((share) => share * half);
  const panels = [
    panel(
      { box: [left, 28, right, 118], x, y: [0, 1] },
      t("slopes.axis.sigmoid"),
      [0, 0.5, 1],
      xTicks,
      "slopes-a",
      (a) => [
        curve(a, samples(...x, 240, sigmoid), "line ink"),
        curve(a, samples(...x, 240, sigmoidSlope), "line muted dotted"),
      ],
    ),
    lossPanel(state, x, xTicks, [left, 168, right, 288]),
    slopePanel(state, found, x, xTicks, [left, 338, right, 488]),
  ];
  const frame = axes({ box: [left, 28, right, 488], x, y: [0, 1] });
  const at = frame.X(state.z);
  const grip = handle(frame, {
    id: "z",
    along: "x",
    value: state.z,
    min: -40,
    max: 40,
    step: 0.1,
    label: t("slopes.z"),
    text: fixed(state.z, 1),
    x: at,
    y: 28,
  });
  return (
    svg(width, 528, t("slopes.picture"), panels, rule(at, 28, at, 488, "now"), grip) +
    legend([
      ["line ink", t("slopes.key.sigmoid")],
      ["line muted dotted", t("slopes.key.spread")],
      ["line accent", t("page.cross_entropy")],
      ["line rival dashed", t(`slopes.rival.${state.rival}`)],
    ])
  );
}

function panel(shape, yLabel, yTicks, xTicks, id, draw, extra = {}) {
  const a = axes(shape);
  return [grid(a, { xTicks, yTicks, yLabel, format: short, ...extra }), clipped(a, id, draw(a))];
}

function lossPanel({ z, y, rival }, x, xTicks, box) {
  const top = 8;
  return panel({ box, x, y: [0, top] }, t("slopes.axis.loss"), [0, 2, 4, 6, 8], xTicks, "slopes-b", (a) => [
    curve(
      a,
      samples(...x, 240, (u) => sigmoidCrossEntropy(u, y)),
      "line accent",
    ),
    curve(
      a,
      samples(...x, 240, (u) => RIVALS[rival].value(u, y)),
      "line rival dashed",
    ),
    dot(a.X(z), a.Y(sigmoidCrossEntropy(z, y)), 4, "accent"),
    dot(a.X(z), a.Y(RIVALS[rival].value(z, y)), 4, "rival"),
  ]);
}

function slopePanel({ z, y, rival, scale }, found, x, xTicks, box) {
  const logarithmic = scale === "logarithmic";
  const size = (f) => (logarithmic ? Math.max(Math.log10(Math.abs(f)), LEAST_LOG - 1) : Math.abs(f));
  const other = (u) => size(RIVALS[rival].slope(u, y));
  const shape = { box, x, y: logarithmic ? [LEAST_LOG, 0.5] : [0, 1.1] };
  const yTicks = logarithmic ? [-8, -6, -4, -2, 0] : [0, 0.25, 0.5, 0.75, 1];
  const extra = {
    xLabel: t("slopes.z"),
    yFormat: logarithmic ? (v) => (v ? `10${superscript(v)}` : "1") : short,
  };
  const a = axes(shape);
  return panel(
    shape,
    t("slopes.axis.slope"),
    yTicks,
    xTicks,
    "slopes-c",
    () => [
      curve(
        a,
        samples(...x, 360, (u) => size(sigmoidCrossEntropySlope(u, y))),
        "line accent",
      ),
      curve(a, samples(...x, 360, other), "line rival dashed"),
    ],
    extra,
  ).concat(dot(a.X(z), a.Y(size(found.ours)), 4, "accent"), places(a, z, found, other));
}

// The two places with the same slope: far from the truth and near to it.
function places(a, z, { twin: place }, height) {
  const mark = (u, word) => [
    dot(a.X(u), a.Y(height(u)), 5, "rival ring"),
    word &&
      words(
        Math.min(Math.max(a.X(u), a.box[0] + 16), a.box[2] - 16),
        a.Y(height(u)) - 14,
        word,
        "mark middle",
      ),
  ];
  if (place === null) return mark(z, "");
  return [mark(z, t(`slopes.${farther(z, place)}`)), mark(place, t(`slopes.${farther(place, z)}`))];
}

function farther(u, v) {
  return Math.abs(u) > Math.abs(v) ? "far" : "near";
}

function table({ z, y, rival }, { ours, theirs, ratio, twin: place }) {
  const other = t(`slopes.rival.${rival}`);
  return {
    caption: t("slopes.caption", { z: fixed(z, 1), y: fixed(y, 2), p: number(sigmoid(z)) }),
    heads: [t("page.loss"), t("slopes.head.value"), t("slopes.head.slope")],
    rows: [
      [t("page.cross_entropy"), number(sigmoidCrossEntropy(z, y), 4), number(ours, 4)],
      [other, number(RIVALS[rival].value(z, y), 4), number(theirs, 4)],
      [t("slopes.head.ratio"), "", number(ratio)],
      [
        t("slopes.head.twin"),
        place === null ? t("page.none") : `z = ${fixed(place, 2)}`,
        place === null ? "" : number(theirs, 4),
      ],
    ],
  };
}

function answer({ z, y, rival }, { ours, theirs, ratio, twin: place }) {
  const values = {
    z: fixed(z, 1),
    y: fixed(y, 2),
    ours: number(ours),
    theirs: number(theirs),
    other: t(`slopes.said.${rival}`),
  };
  if (Math.abs(ratio - 1) < SAME && place === null) return t("slopes.answer.same", values);
  const first = t(Math.abs(ratio) >= 1 ? "slopes.answer.steeper" : "slopes.answer.flatter", {
    ...values,
    ratio: number(Math.abs(ratio) >= 1 ? ratio : 1 / ratio),
  });
  if (place === null) return first;
  return (
    first +
    t("slopes.answer.twin", {
      ...values,
      place: fixed(place, 1),
      p: number(sigmoid(place), 2),
      q: number(sigmoid(z), 2),
    })
  );
}

function code({ z, y }) {
  return (
    "import numpy as np\nfrom xent.losses import sigmoid_cross_entropy\n" +
    `z, y = np.asarray([${python(z)}]), np.asarray([${python(y)}])\nsigmoid_cross_entropy.gradient(z, y)`
  );
}

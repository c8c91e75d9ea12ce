// View 8: features of two dimensions that one network learns with and without a margin, and the loss of a
// feature over its angle.

import { angles, marginCrossEntropy, marginSlopes } from "./margins.js";
import { axes, clipped, curve, grid, handle, legend, rule, samples, svg, words } from "./picture.js";
import { FEATURES } from "./stored_rows.js";
import { fixed, number, percent, python, short, t } from "./text.js";

const { labels: LABELS, networks: NETWORKS } = FEATURES;
const DEGREE = Math.PI / 180;
const CLASSES = NETWORKS.plain.directions.length;
const TURN = 360 / CLASSES;
const COLOURS = ["accent", "rival", "third", "ink", "muted"];
// Numbers of the networks, by name; they do not depend on the state.
const FOUND = Object.fromEntries(
  Object.entries(NETWORKS).map(([name, network]) => [name, angles(network, LABELS)]),
);

export const MARGINS = {
  id: "margins",
  defaults: { margin: 0.4, scale: "8", angle: 20 },
  controls: [
    { name: "margin", kind: "range", min: 0, max: 0.5, step: 0.1, show: (m) => fixed(m, 1) },
    { name: "scale", kind: "choice", options: ["8", "16"] },
    { name: "angle", kind: "range", min: 0, max: 72, step: 1, show: (angle) => `${short(angle)}°` },
  ],
  move: (_, __, angle) => ({ angle }),
  allowed(state) {
    state.margin = Number((Math.round(10 * state.margin) / 10).toFixed(1));
    return state;
  },
  show(state, width) {
    const found = numbersAt(state);
    return {
      picture: picture(state, found, width),
      ...table(found),
      answer: answer(state, found),
      code: code(state),
      value: [found.loss],
    };
  },
};

// Cosines between a feature at an angle in degrees and the directions of all classes, its own at 0.
function cosinesAt(angle) {
  return Array.from({ length: CLASSES }, (_, k) => Math.cos((angle - TURN * k) * DEGREE));
}

function lossAt(angle, { scale, margin }) {
  return marginCrossEntropy(cosinesAt(angle), 0, Number(scale), margin);
}

// Slope of the loss in the angle, per degree: the feature turns against all directions alike.
function slopeAt(angle, { scale, margin }) {
  const slopes = marginSlopes(cosinesAt(angle), 0, Number(scale), margin);
  return DEGREE * slopes.reduce((sum, slope, k) => sum - slope * Math.sin((angle - TURN * k) * DEGREE), 0);
}

function numbersAt(state) {
  const name = `${state.scale} ${state.margin}`;
  return {
    name,
    plain: FOUND.plain,
    chosen: FOUND[name],
    loss: lossAt(state.angle, state),
    without: lossAt(state.angle, { ...state, margin: 0 }),
    slope: slopeAt(state.angle, state),
    flat: slopeAt(state.angle, { ...state, margin: 0 }),
  };
}

function picture(state, { name }, width) {
  const beside = width >= 560;
  const side = beside ? Math.min((width - 40) / 2, 300) : Math.min(width - 20, 300);
  const gap = beside ? side + 30 : 0;
  const top = beside ? side + 104 : 2 * side + 152;
  return (
    svg(width, top + 206, t("margins.picture"), [
      scatter("plain", t("margins.plain"), [6, 30, 6 + side, 30 + side]),
      scatter(name, t("margins.chosen", { margin: fixed(state.margin, 1), scale: state.scale }), [
        6 + gap,
        beside ? 30 : 78 + side,
        6 + gap + side,
        (beside ? 30 : 78 + side) + side,
      ]),
      losses(state, [50, top, width - 14, top + 160]),
    ]) +
    legend([
      ["line accent", t("margins.key.with", { margin: fixed(state.margin, 1) })],
      ["line rival dashed", t("margins.key.without")],
      ["line thin muted dotted", t("margins.boundary")],
    ])
  );
}

// Features around the origin, with the number of each digit at the mean direction of its features.
function scatter(name, title, [left, top, right, bottom]) {
  const { features } = NETWORKS[name];
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const radius = (right - left) / 2;
  const unit = (radius - 22) / Math.max(...features.map(([u, v]) => Math.hypot(u, v)));
  const digit = (k) => {
    const own = features.filter((_, i) => LABELS[i] === k);
    const d = own.map(([u, v]) => `M${(x + unit * u).toFixed(1)} ${(y - unit * v).toFixed(1)}h0`).join("");
    const at = FOUND[name].means[k];
    const word = words(x + (radius - 9) * Math.cos(at), y - (radius - 9) * Math.sin(at) + 4, k, "middle");
    return `<path class="points ${COLOURS[k]}" d="${d}"/>${word}`;
  };
  return [
    words(left, top - 10, title, "axis"),
    rule(left, y, right, y, "grid"),
    rule(x, top, x, bottom, "grid"),
    COLOURS.map((_, k) => digit(k)),
  ];
}

function losses(state, box) {
  const top = 8;
  const a = axes({ box, x: [0, TURN], y: [0, top] });
  const line = (margin, kind) =>
    curve(
      a,
      samples(0, TURN, 96, (angle) => lossAt(angle, { ...state, margin })),
      kind,
    );
  const loss = lossAt(state.angle, state);
  return [
    grid(a, {
      xTicks: [0, 18, 36, 54, 72],
      yTicks: [0, 2, 4, 6, 8],
      xLabel: t("margins.angle"),
      yLabel: t("margins.axis.loss"),
      format: short,
    }),
    clipped(a, "margins-a", [line(0, "line rival dashed"), line(state.margin, "line accent")]),
    rule(a.X(TURN / 2), box[1], a.X(TURN / 2), box[3], "line thin muted dotted"),
    rule(a.X(state.angle), box[1], a.X(state.angle), box[3], "now"),
    handle(a, {
      id: "angle",
      along: "x",
      value: state.angle,
      min: 0,
      max: TURN,
      step: 1,
      label: t("margins.angle"),
      text: `${short(state.angle)}°`,
      x: a.X(state.angle),
      y: a.Y(Math.min(loss, top)),
    }),
  ];
}

const degrees = (angle) => `${fixed(angle / DEGREE, 1)}°`;

function table({ plain, chosen }) {
  const row = (key, value) => [t(key), value(plain), value(chosen)];
  return {
    caption: t("margins.caption", { rows: LABELS.length }),
    heads: [t("margins.head.quantity"), t("margins.head.plain"), t("margins.head.chosen")],
    rows: [
      row("margins.row.spread", ({ spread }) => degrees(spread)),
      row("margins.row.between", ({ between }) => degrees(between)),
      row("margins.row.ratio", ({ spread, between }) => number(between / spread)),
      row("margins.row.error", ({ error }) => percent(error)),
    ],
  };
}

function answer(state, { plain, chosen, loss, without, slope, flat }) {
  const values = {
    rows: LABELS.length,
    margin: fixed(state.margin, 1),
    scale: state.scale,
    angle: short(state.angle),
    spread: degrees(chosen.spread),
    plain: degrees(plain.spread),
    error: percent(chosen.error),
    plain_error: percent(plain.error),
    loss: number(loss),
    without: number(without),
    slope: number(slope, 2),
    flat: number(flat, 2),
  };
  const side = state.angle < TURN / 2 ? "right" : state.angle > TURN / 2 ? "wrong" : "tie";
  return (
    t("margins.answer.spread", values) +
    t(`margins.answer.${side}`, values) +
    t(state.margin > 0 ? "margins.answer.with" : "margins.answer.without", values)
  );
}

function code({ scale, margin, angle }) {
  return (
    "import numpy as np\nfrom xent.losses import cosface\n" +
    `angles = np.radians(${python(angle)} - ${TURN} * np.arange(${CLASSES}))\n` +
    `cosface(np.cos(angles)[None], np.asarray([0]), scale=${python(Number(scale))}, margin=${python(margin)})`
  );
}

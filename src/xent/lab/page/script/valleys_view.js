// View 3: mean losses of a model with one weight; squared error has local minima, cross-entropy has one.

import { minima, onOneWeight, path } from "./descent.js";
import { axes, clipped, curve, dot, grid, handle, legend, rule, samples, svg, words } from "./picture.js";
import { sigmoid } from "./sigmoid_losses.js";
import { fixed, number, python, short, t } from "./text.js";

const RANGE = [-1, 2];
const SEARCHED = [-6, 6];
const NEAR = 1e-3;

export const VALLEYS = {
  id: "valleys",
  defaults: { start: 1.6, method: "descent", x: [-9, -1, -2, -3, -1], y: [1, 0, 0, 0, 1] },
  controls: [
    { name: "start", kind: "range", min: RANGE[0], max: RANGE[1], step: 0.02, show: (w) => fixed(w, 2) },
    { name: "method", kind: "choice", options: ["descent", "lbfgs", "newton"] },
    { name: "y", kind: "flags", count: 5 },
  ],
  move: (state, id, value) =>
    id === "start" ? { start: value } : { x: state.x.map((x, i) => (id === `x${i}` ? value : x)) },
  allowed: (state) => ({ ...state, x: state.x.map((x) => Math.max(-10, Math.min(10, x))) }),
  show(state, width) {
    const runs = ["cross_entropy", "squared_error"].map((loss) => run(loss, state));
    return {
      picture: picture(state, runs, width),
      ...table(runs),
      answer: runs.map((one) => said(one)).join(t("page.gap")),
      code: code(state, runs[1]),
      value: [runs[1].end.value],
    };
  },
};

function run(loss, { x, y, start, method }) {
  const f = onOneWeight(loss, x, y);
  const mean = x.reduce((sum, a) => sum + a * a, 0) / x.length;
  const visited = path(method, f, start, 4 / Math.max(mean, 0.1));
  const w = visited[visited.length - 1];
  return { loss, f, visited, found: minima(f, ...SEARCHED), end: { w, value: f.value(w) } };
}

function picture(state, [entropy, square], width) {
  const box = (top, bottom) => [50, top, width - 14, bottom];
  return (
    svg(width, 556, t("valleys.picture"), [
      pointsPanel(state, [entropy, square], box(30, 130)),
      lossPanel(state, entropy, box(196, 330), "accent", "line accent"),
      lossPanel(state, square, box(380, 514), "rival", "line rival dashed"),
    ]) +
    legend([
      ["line accent", t("page.cross_entropy")],
      ["line rival dashed", t("page.squared_error")],
    ])
  );
}

function pointsPanel({ x, y }, runs, box) {
  const a = axes({ box, x: [-10, 10], y: [-0.12, 1.12] });
  return [
    grid(a, {
      xTicks: [-10, -5, 0, 5, 10],
      yTicks: [0, 1],
      yLabel: t("valleys.axis.points"),
      xLabel: "x",
      format: short,
    }),
    runs.map(({ end }, i) =>
      curve(
        a,
        samples(-10, 10, 160, (u) => sigmoid(end.w * u)),
        i ? "line rival dashed" : "line accent",
      ),
    ),
    x.map((place, i) => {
      const stacked = x
        .slice(0, i)
        .filter((other, j) => Math.abs(other - place) < 0.3 && y[j] === y[i]).length;
      return handle(a, {
        id: `x${i}`,
        along: "x",
        value: place,
        min: -10,
        max: 10,
        step: 0.5,
        label: t("valleys.point", { n: i + 1, y: y[i] }),
        text: `x = ${short(place)}`,
        x: a.X(place),
        y: a.Y(y[i]) + 9 * stacked * (y[i] ? 1 : -1),
      });
    }),
  ];
}

function lossPanel(state, { loss, f, visited, found }, box, colour, kind) {
  const values = samples(...RANGE, 300, f.value);
  const [low, high] = [Math.min(...values.map((v) => v[1])), Math.max(...values.map((v) => v[1]))];
  const a = axes({ box, x: RANGE, y: [low - 0.12 * (high - low), high + 0.05 * (high - low)] });
  const last = loss === "squared_error";
  return [
    grid(a, {
      xTicks: [-1, -0.5, 0, 0.5, 1, 1.5, 2],
      yTicks: [low, (low + high) / 2, high],
      xLabel: last ? t("valleys.axis.weight") : "",
      yLabel: t(`page.${loss}`),
      format: short,
      yFormat: (v) => number(v, 2),
    }),
    clipped(a, `valleys-${loss}`, [
      curve(a, values, kind),
      thinned(visited).map((w) => dot(a.X(w), a.Y(f.value(w)), 3.5, `${colour} step`)),
      found.map(({ w, value }) => dot(a.X(w), a.Y(value), 6, `${colour} ring`)),
    ]),
    last ? startHandle(a, state.start, f.value(state.start)) : startLine(a, state.start),
  ];
}

// The first steps, then ever fewer, and the last.
function thinned(visited) {
  return visited.filter(
    (_, n) =>
      n < 8 || n === visited.length - 1 || Math.floor(6 * Math.log2(n)) > Math.floor(6 * Math.log2(n - 1)),
  );
}

function startLine(a, start) {
  return rule(a.X(start), a.box[1], a.X(start), a.box[3], "now");
}

function startHandle(a, start, value) {
  const label = t("valleys.start");
  return [
    startLine(a, start),
    words(Math.min(a.X(start), a.box[2] - 24), a.box[1] - 6, label, "tick middle"),
    handle(a, {
      id: "start",
      along: "x",
      value: start,
      min: RANGE[0],
      max: RANGE[1],
      step: 0.02,
      label,
      text: fixed(start, 2),
      x: a.X(start),
      y: a.Y(value),
    }),
  ];
}

function table(runs) {
  return {
    caption: t("valleys.caption"),
    heads: [
      t("page.loss"),
      t("valleys.head.minima"),
      t("valleys.head.end"),
      t("valleys.head.value"),
      t("valleys.head.steps"),
    ],
    rows: runs.map(({ loss, found, end, visited }) => [
      t(`page.${loss}`),
      found.length ? found.map(({ w }) => fixed(w, 2)).join(", ") : t("page.none"),
      fixed(end.w, 2),
      fixed(end.value, 4),
      String(visited.length - 1),
    ]),
  };
}

// Minima, and where the run ended among them.
function said({ loss, found, end, visited }) {
  const values = { loss: t(`page.${loss}`), n: found.length, w: fixed(end.w, 2), value: fixed(end.value, 4) };
  const list = found
    .map((one) => t("valleys.minimum", { w: fixed(one.w, 2), value: fixed(one.value, 4) }))
    .join(t("page.comma"));
  if (!found.length) return t("valleys.answer.no_minimum", values);
  const start = t(found.length === 1 ? "valleys.answer.one" : "valleys.answer.several", { ...values, list });
  const least = Math.min(...found.map((one) => one.value));
  const arrived = found.some((one) => Math.abs(one.w - end.w) < NEAR * (1 + Math.abs(one.w)));
  const steps = visited.length - 1;
  if (!arrived) return start + t("valleys.answer.on_the_way", { ...values, steps });
  if (end.value > least + 1e-6) return start + t("valleys.answer.stuck", { ...values, steps });
  return (
    start + t(found.length > 1 ? "valleys.answer.lowest" : "valleys.answer.arrived", { ...values, steps })
  );
}

function code({ x, y }, { end }) {
  const list = (values) => `[${values.map(python).join(", ")}]`;
  return (
    "import numpy as np\nfrom xent.losses import sigmoid_squared_error\n" +
    `x = np.asarray(${list(x)})\ny = np.asarray(${list(y)})\nsigmoid_squared_error.mean(${python(end.w)} * x, y)`
  );
}

// View 3: mean losses of a logistic model with a weight, or a weight and a bias; squared error has local minima.

import { contours } from "./contours.js";
import { minima, onOneWeight, path } from "./descent.js";
import { axes, clipped, curve, dot, grid, handle, legend, rule, samples, svg, words } from "./picture.js";
import { sigmoid } from "./sigmoid_losses.js";
import { fixed, number, short, t } from "./text.js";
import { code, said, table } from "./valleys_words.js";
import { onWeightAndBias, planeMinima, planePath, stepLength } from "./weight_and_bias.js";

const RANGE = [-1, 2];
const SEARCHED = [-6, 6];
const BIASES = [-4, 4];
const LEVELS = 12;
const known = new Map();

export const VALLEYS = {
  id: "valleys",
  defaults: {
    model: "weight",
    method: "descent",
    start: 1.6,
    bias: 0,
    x: [-9, -1, -2, -3, -1],
    y: [1, 0, 0, 0, 1],
  },
  controls: [
    { name: "model", kind: "choice", options: ["weight", "plane"] },
    { name: "start", kind: "range", min: RANGE[0], max: RANGE[1], step: 0.02, show: (w) => fixed(w, 2) },
    { name: "method", kind: "choice", options: ["descent", "lbfgs", "newton"] },
    {
      name: "bias",
      kind: "range",
      min: BIASES[0],
      max: BIASES[1],
      step: 0.05,
      show: (b) => fixed(b, 2),
      only: (state) => state.model === "plane",
    },
    { name: "y", kind: "flags", count: 5 },
  ],
  move: (state, id, value) =>
    id === "start" || id === "bias"
      ? { [id]: value }
      : { x: state.x.map((x, i) => (id === `x${i}` ? value : x)) },
  allowed: (state) => ({ ...state, x: state.x.map((x) => Math.max(-10, Math.min(10, x))) }),
  show(state, width) {
    const runs = ["cross_entropy", "squared_error"].map((loss) => run(loss, state));
    return {
      picture: picture(state, runs, width),
      ...table(runs, state.model),
      answer: runs.map((one) => said(one, state.model)).join(t("page.gap")),
      code: code(state, runs[1].end),
      value: [runs[1].end.value],
    };
  },
};

function run(loss, state) {
  return state.model === "plane" ? planeRun(loss, state) : weightRun(loss, state);
}

function planeRun(loss, { x, y, start, bias, method }) {
  const f = onWeightAndBias(loss, x, y);
  const visited = planePath(method, f, [start, bias], stepLength(x));
  const [w, b] = visited[visited.length - 1];
  return { loss, f, visited, found: knownMinima(loss, f, x, y), end: { w, b, value: f.value([w, b]) } };
}

// Minima do not depend on the start, which is dragged most.
function knownMinima(loss, f, x, y) {
  const points = [x, y].join(" ");
  if (known.get(loss)?.points !== points) known.set(loss, { points, found: planeMinima(f) });
  return known.get(loss).found;
}

function weightRun(loss, { x, y, start, method }) {
  const f = onOneWeight(loss, x, y);
  const mean = x.reduce((sum, a) => sum + a * a, 0) / x.length;
  const visited = path(method, f, start, 4 / Math.max(mean, 0.1));
  const w = visited[visited.length - 1];
  const found = minima(f, ...SEARCHED).map((one) => ({ ...one, b: 0 }));
  return { loss, f, visited, found, end: { w, b: 0, value: f.value(w) } };
}

function picture(state, [entropy, square], width) {
  const panel = state.model === "plane" ? planePanel : lossPanel;
  const box = (top, bottom) => [50, top, width - 14, bottom];
  return (
    svg(width, 556, t("valleys.picture"), [
      pointsPanel(state, [entropy, square], box(30, 130)),
      panel(state, entropy, box(196, 330), "accent", "line accent"),
      panel(state, square, box(380, 514), "rival", "line rival dashed"),
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
        samples(-10, 10, 160, (u) => sigmoid(end.w * u + end.b)),
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

// Contour lines over weight and bias, closer together near the minimum, with the path.
function planePanel(state, { loss, f, visited, found }, box, colour) {
  const a = axes({ box, x: RANGE, y: BIASES });
  const last = loss === "squared_error";
  return [
    grid(a, {
      xTicks: [-1, -0.5, 0, 0.5, 1, 1.5, 2],
      yTicks: [-4, -2, 0, 2, 4],
      xLabel: last ? t("valleys.axis.weight") : "",
      yLabel: t("valleys.axis.plane", { loss: t(`page.${loss}`) }),
      format: short,
    }),
    clipped(a, `valleys-${loss}`, [
      contours(a, f.value, LEVELS, `line thin ${colour}`),
      curve(a, visited, "line thin ink"),
      thinned(visited).map(([w, b]) => dot(a.X(w), a.Y(b), 3, "ink")),
      found.map(({ w, b }) => dot(a.X(w), a.Y(b), 6, `${colour} ring`)),
    ]),
    planeHandle(a, state, loss),
  ];
}

// The start: in the upper panel it moves along the bias, in the lower one along the weight.
function planeHandle(a, { start, bias }, loss) {
  const along = loss === "squared_error" ? "x" : "y";
  const [id, value, range] = along === "x" ? ["start", start, RANGE] : ["bias", bias, BIASES];
  const [label, text] = [t(`valleys.${id}`), fixed(value, 2)];
  return handle(a, {
    id,
    along,
    value,
    min: range[0],
    max: range[1],
    step: along === "x" ? 0.02 : 0.05,
    label,
    text,
    x: a.X(start),
    y: a.Y(bias),
  });
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

// View 4: gradient descent on both losses from one start, as xent.lab.descent_race runs it.

import { bestLength, race } from "./descent.js";
import { axes, clipped, curve, dot, grid, legend, rule, svg } from "./picture.js";
import { sigmoid } from "./sigmoid_losses.js";
import { IRIS } from "./stored_rows.js";
import { number, percent, python, short, t } from "./text.js";

const STEPS = 200;
const SHOWN_FOR = 4000;
const LOSSES_SHOWN = ["cross_entropy", "squared_error"];
// One neuron with weight and bias 2, input 1 and truth 0; a step of 4 / (x^2 + 1), as the race has it.
const NEURON = { X: [[1]], y: [0], wrong: [2, 2], length: 2 };
const REAL = { X: IRIS.X, y: IRIS.y, wrong: IRIS.fitted.map((w) => -w), length: IRIS.length };
const made = new Map();

export const RACE = {
  id: "race",
  defaults: { data: "neuron", start: "wrong", lengths: "same", step: 200 },
  controls: [
    { name: "data", kind: "choice", options: ["neuron", "iris"] },
    { name: "start", kind: "choice", options: ["wrong", "zero"] },
    { name: "lengths", kind: "choice", options: ["same", "best"] },
    { name: "step", kind: "range", min: 0, max: STEPS, step: 1, show: String },
    { name: "play", kind: "play" },
  ],
  play: animate,
  show(state, width) {
    const runs = runsOf(state);
    return {
      picture: picture(state, runs, width),
      ...table(state, runs),
      answer: answer(state, runs),
      code: code(state, runs),
      value: [runs[0].rows[0].norm],
    };
  },
};

function runsOf({ data, start, lengths }) {
  const key = `${data} ${start} ${lengths}`;
  if (!made.has(key)) {
    const { X, y, wrong, length } = data === "iris" ? REAL : NEURON;
    const point = start === "zero" ? wrong.map(() => 0) : wrong;
    made.set(
      key,
      LOSSES_SHOWN.map((loss) => {
        const own = lengths === "best" ? bestLength(loss, X, y, point, length, STEPS) : length;
        return { loss, length: own, rows: race(loss, X, y, point, own, STEPS) };
      }),
    );
  }
  return made.get(key);
}

// Without motion, the end is shown at once.
function animate(frame) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return frame.set({ step: STEPS });
  const begin = performance.now();
  const next = (now) => {
    const share = Math.min(1, (now - begin) / SHOWN_FOR);
    frame.set({ step: Math.round((1 + STEPS) ** share - 1) });
    if (share < 1) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

function picture(state, runs, width) {
  const box = (top) => [50, top, width - 14, top + 118];
  const second =
    state.data === "iris"
      ? ["race.axis.error", (row) => row.error]
      : ["race.axis.prediction", (row) => sigmoid(row.logit)];
  return (
    svg(width, 536, t("race.picture"), [
      panel(state, runs, box(28), "race.axis.entropy", (row) => row.crossEntropy, "race-a"),
      panel(state, runs, box(196), ...second, "race-b"),
      panel(state, runs, box(364), "race.axis.norm", (row) => row.norm, "race-c", t("race.axis.step")),
    ]) +
    legend([
      ["line accent", t("race.key.cross_entropy")],
      ["line rival dashed", t("race.key.squared_error")],
    ])
  );
}

function panel({ step }, runs, box, label, value, id, xLabel = "") {
  const place = (n) => Math.log10(1 + n);
  const top = Math.max(...runs.flatMap(({ rows }) => rows.map(value)));
  const a = axes({ box, x: [0, place(STEPS)], y: [0, 1.08 * top || 1] });
  const marks = [0, 1, 2, 5, 10, 20, 50, 100, 200];
  return [
    grid(a, {
      xTicks: marks.map(place),
      yTicks: [0, top / 2, top],
      xLabel,
      yLabel: t(label),
      format: (v) => String(Math.round(10 ** v - 1)),
      yFormat: (v) => number(v, 2),
    }),
    clipped(a, id, [
      runs.map(({ rows }, i) =>
        curve(
          a,
          rows.slice(0, step + 1).map((row, n) => [place(n), value(row)]),
          i ? "line rival dashed" : "line accent",
        ),
      ),
      runs.map(({ rows }, i) => dot(a.X(place(step)), a.Y(value(rows[step])), 4.5, i ? "rival" : "accent")),
    ]),
    rule(a.X(place(step)), box[1], a.X(place(step)), box[3], "now"),
  ];
}

function table({ data, step }, runs) {
  const real = data === "iris";
  return {
    caption: t("race.caption", { step }),
    heads: [
      t("race.head.minimised"),
      t("page.cross_entropy"),
      t(real ? "race.head.error" : "race.head.prediction"),
      t("race.head.norm"),
      t("race.head.length"),
    ],
    rows: runs.map(({ loss, length, rows }) => {
      const row = rows[step];
      return [
        t(`page.${loss}`),
        number(row.crossEntropy),
        real ? percent(row.error) : number(sigmoid(row.logit)),
        number(row.norm),
        short(Number(length.toPrecision(3))),
      ];
    }),
  };
}

function answer({ lengths }, runs) {
  const [a, b] = runs.map(halved);
  const said = (n) =>
    n === null ? t("race.never", { steps: STEPS }) : t(n === 1 ? "race.one_step" : "race.n_steps", { n });
  const key = a === b ? "race.answer.same" : later(a, b) ? "race.answer.slower" : "race.answer.faster";
  const ratio = runs[0].rows[0].norm / runs[1].rows[0].norm;
  return (
    t(`race.lengths_said.${lengths}`) + t(key, { ours: said(a), theirs: said(b), ratio: number(ratio, 2) })
  );
}

// Steps until the cross-entropy is at most half of the first; null if it never is.
function halved({ rows }) {
  const n = rows.findIndex((row) => row.crossEntropy <= rows[0].crossEntropy / 2);
  return n < 0 ? null : n;
}

function code({ data, start }) {
  if (data === "iris") {
    const rows = "from xent.lab.stored_rows import iris\nX, y, fitted = iris()\n";
    return `${rows}from xent.lab.descent_race import race\nrace(X, y, fitted, "${start}").cross_entropy.gradient_norm[0]`;
  }
  const z = start === "zero" ? 0 : 4;
  return (
    "import numpy as np\nfrom xent.losses import sigmoid_cross_entropy\n" +
    `z, y = np.asarray([${python(z)}]), np.asarray([0.0])\nslope = sigmoid_cross_entropy.gradient(z, y)\n` +
    "np.hypot(slope, slope)"
  );
}

// True if the first of two numbers of steps is larger; null stands for never.
function later(a, b) {
  return b !== null && (a === null || a > b);
}

// View 6: cross-entropy from logits in three ways and two precisions.

import { softmaxCrossEntropy } from "./distributions.js";
import { axes, clipped, curve, grid, legend, rule, svg, words } from "./picture.js";
import { fused, leadOfZero, naive, ROUNDINGS, shifted } from "./rounding.js";
import { number, python, short, superscript, t } from "./text.js";

const WAYS = { naive, shifted, fused };
const LARGEST_LEAD = 45;
const FLOOR = -20;
const ZERO_FROM = { 32: leadOfZero(ROUNDINGS[32]), 64: leadOfZero(ROUNDINGS[64]) };
const logit = { kind: "range", min: -1000, max: 1000, step: 1, show: short };

export const NUMBERS = {
  id: "numbers",
  defaults: { a: 20, b: 0, c: -1000, label: "1" },
  controls: [
    { ...logit, name: "a" },
    { ...logit, name: "b" },
    { ...logit, name: "c" },
    { name: "label", kind: "choice", options: ["1", "2", "3"] },
  ],
  show(state, width) {
    const logits = [state.a, state.b, state.c];
    const label = Number(state.label) - 1;
    const truth = softmaxCrossEntropy(logits, label);
    return {
      picture: picture(logits, label, width),
      ...table(logits, label, truth),
      answer: answer(logits, label, truth),
      code:
        "import numpy as np\nfrom xent.losses import softmax_cross_entropy\n" +
        `logits = np.asarray([[${logits.map(python).join(", ")}]])\n` +
        `softmax_cross_entropy(logits, np.asarray([${label}]))`,
      value: [truth],
    };
  },
};

// How far the true class's logit lies above the largest other.
function leadOf(logits, label) {
  return logits[label] - Math.max(...logits.filter((_, k) => k !== label));
}

function picture(logits, label, width) {
  const a = axes({ box: [56, 40, width - 14, 372], x: [0, LARGEST_LEAD], y: [FLOOR, 1] });
  const leads = Array.from({ length: 2 * LARGEST_LEAD + 1 }, (_, i) => i / 2);
  const line = (way, bits, kind) =>
    curve(
      a,
      leads.map((lead) => [lead, Math.max(Math.log10(WAYS[way]([lead, 0], 0, ROUNDINGS[bits])), FLOOR - 2)]),
      kind,
    );
  const lead = leadOf(logits, label);
  const zero = (bits, colour, up) => [
    words(
      a.X(ZERO_FROM[bits]) - 8,
      a.box[3] - up,
      t("numbers.zero_from", { bits, lead: ZERO_FROM[bits] }),
      `mark end ${colour}`,
    ),
  ];
  return (
    svg(width, 414, t("numbers.picture"), [
      grid(a, {
        xTicks: [0, 10, 20, 30, 40],
        yTicks: [0, -5, -10, -15, -20],
        xLabel: t("numbers.axis.lead"),
        yLabel: t("numbers.axis.loss"),
        format: short,
        yFormat: (v) => (v ? `10${superscript(v)}` : "1"),
      }),
      clipped(a, "numbers-a", [
        line("fused", 64, "line accent"),
        line("shifted", 64, "line third dotted"),
        line("shifted", 32, "line rival dashed"),
      ]),
      zero(32, "rival", 12),
      zero(64, "third", 32),
      lead >= 0 && lead <= LARGEST_LEAD ? rule(a.X(lead), a.box[1], a.X(lead), a.box[3], "now") : "",
    ]) +
    legend([
      ["line accent", t("numbers.key.fused")],
      ["line rival dashed", t("numbers.key.shifted", { bits: 32 })],
      ["line third dotted", t("numbers.key.shifted", { bits: 64 })],
    ])
  );
}

function table(logits, label, truth) {
  return {
    caption: t("numbers.caption", { truth: number(truth, 6) }),
    heads: [
      t("numbers.head.way"),
      t("numbers.head.bits", { bits: 32 }),
      t("numbers.head.bits", { bits: 64 }),
    ],
    rows: Object.entries(WAYS).map(([name, way]) => [
      t(`numbers.way.${name}`),
      ...[32, 64].map((bits) => number(way(logits, label, ROUNDINGS[bits]), 6)),
    ]),
  };
}

function answer(logits, label, truth) {
  const wrong = [];
  for (const name of ["naive", "shifted"]) {
    for (const bits of [32, 64]) {
      const value = WAYS[name](logits, label, ROUNDINGS[bits]);
      if (!(Math.abs(value / truth - 1) < 1e-3) && value !== truth) {
        wrong.push(t("numbers.wrong", { way: t(`numbers.way.${name}`), bits, value: number(value) }));
      }
    }
  }
  const start = t("numbers.answer.truth", { truth: number(truth, 6) });
  const middle = wrong.length
    ? t("numbers.answer.wrong", { list: wrong.join(t("page.comma")) })
    : t("numbers.answer.right");
  return start + middle + t("numbers.answer.lead", { short: ZERO_FROM[32], long: ZERO_FROM[64] });
}

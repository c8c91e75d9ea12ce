// View 5: two sources of six outcomes, and a code that both share.

import { CODES, expectedLength } from "./codes.js";
import { klDivergence } from "./distributions.js";
import { axes, curve, grid, handle, legend, rect, rule, svg, words } from "./picture.js";
import { fixed, number, short, t } from "./text.js";

const OUTCOMES = ["A", "B", "C", "D", "E", "F"];
const MODELS = ["k1", "k2", "mixture", "uniform"];
const COLOURS = { k1: "accent", k2: "rival", mixture: "third", uniform: "third" };
const MOST = 50;
// Room above the highest bar for its share.
const ROOM = 60;
const TALLEST = 6;

export const CODES_VIEW = {
  id: "codes",
  defaults: {
    kind: "ideal",
    built: "k1",
    source: "k2",
    message: 280,
    k1: [30, 25, 20, 10, 10, 5],
    k2: [5, 20, 25, 15, 20, 15],
  },
  controls: [
    { name: "kind", kind: "choice", options: Object.keys(CODES) },
    { name: "message", kind: "range", min: 40, max: 1000, step: 10, show: String },
    { name: "built", kind: "choice", options: MODELS },
    { name: "source", kind: "choice", options: ["k1", "k2"] },
  ],
  move(state, id, value) {
    const [name, k] = id.split(".");
    const weights = state[name].map((weight, i) => (i === Number(k) ? value : weight));
    return weights.some((weight) => weight > 0) ? { [name]: weights } : {};
  },
  allowed(state) {
    for (const name of ["k1", "k2"]) {
      state[name] = state[name].map((weight) => Math.max(0, Math.min(MOST, weight)));
      if (!state[name].some((weight) => weight > 0)) state[name] = [...this.defaults[name]];
    }
    return state;
  },
  show(state, width) {
    const models = modelsOf(state);
    const found = accounts(state, models);
    return {
      picture: picture(state, models, width),
      ...table(state, found),
      answer: answer(state, models, found),
      code: code(state),
      value: found.map(({ average }) => average),
    };
  },
};

function modelsOf({ k1, k2 }) {
  const shares = (weights) => weights.map((weight) => weight / weights.reduce((sum, x) => sum + x, 0));
  const [a, b] = [shares(k1), shares(k2)];
  return { k1: a, k2: b, mixture: a.map((x, k) => (x + b[k]) / 2), uniform: a.map(() => 1 / a.length) };
}

function accounts({ kind, message }, models) {
  return MODELS.map((name) => {
    const lengths = CODES[kind](models[name]);
    const [on1, on2] = [models.k1, models.k2].map((p) => expectedLength(lengths, p));
    const average = (on1 + on2) / 2;
    return { name, on1, on2, average, words: Math.floor(message / average) };
  });
}

function picture(state, models, width) {
  const middle = (width + 24) / 2;
  const { built, source } = state;
  const drawing = svg(width, 520, t("codes.picture"), [
    bars(state, models, "k1", [40, 34, middle - 24, 184], "accent", width),
    bars(state, models, "k2", [middle + 24, 34, width - 6, 184], "rival", width),
    areas(state, models, [40, 256, width - 6, 478]),
  ]);
  const keys = [
    [`line ${COLOURS[built]}`, t("codes.key.area", { code: t(`codes.built.${built}`) })],
    ["line thin ink dotted", t("codes.key.ideal", { source: t(`codes.source.${source}`) })],
  ];
  return drawing + legend(keys);
}

function bars(state, models, name, box, colour, width) {
  const a = axes({ box, x: [0, OUTCOMES.length], y: [0, ROOM] });
  return [
    grid(a, {
      yTicks: [0, 25, 50],
      yLabel: t(width < 560 ? `codes.built.${name}` : "codes.axis.weight", {
        source: t(`codes.built.${name}`),
      }),
      yFormat: String,
    }),
    state[name].map((weight, k) => {
      const [left, right] = [a.X(k + 0.14), a.X(k + 0.86)];
      const middle = (left + right) / 2;
      const share = models[name][k];
      const shape = [
        `<rect class="reach" x="${left - 2}" y="${box[1]}" width="${right - left + 4}" height="${box[3] - box[1]}"/>`,
        rect(left, a.Y(weight), right - left, box[3] - a.Y(weight), `${colour} bar`),
        `<rect class="grip ${colour}" x="${left}" y="${a.Y(weight) - 3}" width="${right - left}" height="6" rx="3"/>`,
      ].join("");
      return [
        handle(a, {
          id: `${name}.${k}`,
          along: "y",
          value: weight,
          min: 0,
          max: MOST,
          step: 1,
          label: t("codes.bar", { source: t(`codes.built.${name}`), outcome: OUTCOMES[k] }),
          text: `${number(100 * share)} %`,
          shape,
        }),
        words(middle, box[3] + 16, OUTCOMES[k], "tick middle"),
        words(
          middle,
          a.Y(weight) - 8,
          `.${String(Math.round(100 * share)).padStart(2, "0")}`.replace(".100", "1"),
          "small middle",
        ),
      ];
    }),
  ];
}

// Width p, height length: the area is the expected length. The dashed line is the ideal length of the source.
function areas({ kind, built, source }, models, box) {
  const p = models[source];
  const lengths = CODES[kind](models[built]);
  const a = axes({ box, x: [0, 1], y: [0, TALLEST] });
  let at = 0;
  const steps = [];
  const colour = COLOURS[built];
  const blocks = p.map((share, k) => {
    const left = at;
    at += share;
    const ideal = -Math.log2(share);
    steps.push([left, ideal], [at, ideal]);
    const tall = Math.min(lengths[k], TALLEST);
    const wide = a.X(at) - a.X(left);
    return [
      rect(a.X(left) + 1, a.Y(tall), wide - 2, box[3] - a.Y(tall), `${colour} soft`),
      rule(a.X(left) + 1, a.Y(tall), a.X(at) - 1, a.Y(tall), `line ${colour}`),
      wide > 14 && words((a.X(left) + a.X(at)) / 2, box[3] + 16, OUTCOMES[k], "tick middle"),
      wide > 26 && words((a.X(left) + a.X(at)) / 2, a.Y(tall) + 17, number(lengths[k], 2), "small middle"),
    ];
  });
  return [
    grid(a, {
      yTicks: [0, 2, 4, 6],
      yLabel: t("codes.axis.area", { code: t(`codes.built.${built}`), source: t(`codes.source.${source}`) }),
      xLabel: t("codes.axis.share", { source: t(`codes.source.${source}`) }),
      yFormat: short,
    }),
    blocks,
    curve(
      a,
      steps.filter((point) => Number.isFinite(point[1])),
      "line thin ink dotted",
    ),
  ];
}

function table({ kind, message }, found) {
  return {
    caption: t("codes.caption", { kind: t(`codes.kind.${kind}`), message }),
    heads: [
      t("codes.head.code"),
      t("codes.head.on1"),
      t("codes.head.on2"),
      t("codes.head.average"),
      t("codes.head.words"),
    ],
    rows: found.map(({ name, on1, on2, average, words: count }) => [
      t(`codes.built.${name}`),
      ...[on1, on2, average].map((x) => (Number.isFinite(x) ? fixed(x, 4) : number(x))),
      String(count),
    ]),
  };
}

function answer({ message }, models, found) {
  const [k1, k2, , uniform] = found;
  const best = found.reduce((a, b) => (b.average < a.average ? b : a));
  const beats = uniform.average < Math.min(k1.average, k2.average);
  const bits = (p, q) => number(klDivergence(p, q) / Math.LN2, 3);
  return (
    t("codes.answer.best", { best: t(`codes.built.${best.name}`), words: best.words, message }) +
    t(beats ? "codes.answer.beaten" : "codes.answer.not_beaten", {
      k1: k1.words,
      k2: k2.words,
      uniform: uniform.words,
    }) +
    t("codes.answer.divergence", { there: bits(models.k1, models.k2), back: bits(models.k2, models.k1) })
  );
}

function code({ kind, k1, k2 }) {
  const make = { ideal: "", range: "", huffman: "huffman_code", shannon: "shannon_code" }[kind];
  const names = ["best_shared_code", make].filter(Boolean).join(", ");
  const counts = (weights) => `np.asarray([${weights.join(", ")}])`;
  return (
    `import numpy as np\nfrom xent.measures.codes import ${names}\n` +
    `K1 = ${counts(k1)}\nK2 = ${counts(k2)}\nK1, K2 = K1 / K1.sum(), K2 / K2.sum()\n` +
    "models = [K1, K2, (K1 + K2) / 2, np.full(6, 1 / 6)]\n" +
    `best_shared_code(${make ? `[${make}(q) for q in models]` : "models"}, [K1, K2]).averages`
  );
}

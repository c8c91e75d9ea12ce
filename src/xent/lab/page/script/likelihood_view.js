// View 9: a likelihood and its negative logarithm move together, under four distributions.

import { softmax } from "./distributions.js";
import { CLASSES, KINDS, logitsOf, TRIALS, TRUTH_NAMES, truthOf } from "./likelihood_kinds.js";
import { picture } from "./likelihood_picture.js";
import { fixed, number, short, t } from "./text.js";

const only = (kind) => (state) => state.kind === kind;
const logit = { kind: "range", min: -6, max: 6, step: 0.05, show: short, only: only("categorical") };

export const LIKELIHOOD = {
  id: "likelihood",
  defaults: {
    kind: "gaussian",
    mu: 0.5,
    s: 1,
    y: [0, 1, 2.5, 4.5],
    a: 0.4,
    ones: 7,
    rate: 1.5,
    counts: [1, 2, 3, 6],
    z1: 0,
    z2: 1.95,
    z3: 0.7,
    truth: "2",
  },
  controls: [
    { name: "kind", kind: "choice", options: Object.keys(KINDS) },
    {
      name: "mu",
      kind: "range",
      min: -2,
      max: 6,
      step: 0.1,
      show: KINDS.gaussian.show,
      only: only("gaussian"),
    },
    { name: "s", kind: "range", min: 0.5, max: 3, step: 0.1, show: short, only: only("gaussian") },
    {
      name: "a",
      kind: "range",
      min: 0.01,
      max: 0.99,
      step: 0.01,
      show: KINDS.bernoulli.show,
      only: only("bernoulli"),
    },
    { name: "ones", kind: "range", min: 0, max: TRIALS, step: 1, show: String, only: only("bernoulli") },
    {
      name: "rate",
      kind: "range",
      min: 0.1,
      max: 10,
      step: 0.1,
      show: KINDS.poisson.show,
      only: only("poisson"),
    },
    { name: "truth", kind: "choice", options: TRUTH_NAMES, only: only("categorical") },
    { ...logit, name: "z1" },
    { ...logit, name: "z2" },
    { ...logit, name: "z3" },
  ],
  move(state, id, value) {
    const { parameter, data } = KINDS[state.kind];
    if (id === "u") return { [parameter]: value };
    return { [data]: state[data].map((one, i) => (i === Number(id) ? value : one)) };
  },
  allowed(state) {
    for (const { data, range, grain } of Object.values(KINDS)) {
      if (!data) continue;
      state[data] = state[data].map((one) => {
        const whole = Math.round(Math.max(range[0], Math.min(range[1], one)) / grain) * grain;
        return Number(whole.toFixed(6));
      });
    }
    return state;
  },
  show(state, width) {
    const found = numbersAt(state);
    return {
      picture: picture(state, found, width),
      ...(state.kind === "categorical" ? tableOfClasses(found) : table(state, found)),
      answer: state.kind === "categorical" ? answerOfClasses(state, found) : answer(state, found),
      code: `import numpy as np\n${KINDS[state.kind].code(state)}`,
      value: [found.loss],
    };
  },
};

function numbersAt(state) {
  const kind = KINDS[state.kind];
  const u = state[kind.parameter];
  const n = kind.count(state);
  const at = (place) => {
    const loss = kind.loss(state, place);
    return { loss, likelihood: Math.exp(-n * loss) };
  };
  const found = { n, u, ...at(u), best: kind.best(state) };
  if (state.kind === "categorical") {
    const [p, q] = [truthOf(state), softmax(logitsOf(state))];
    return { ...found, p, q, slopes: q.map((share, k) => share - p[k]) };
  }
  return { ...found, least: at(found.best), slope: u - kind.observed(state), mean: kind.observed(state) };
}

function table({ kind, ...state }, found) {
  const { show, part } = KINDS[kind];
  const { u, best, least, n } = found;
  const rows = [
    [t("likelihood.row.likelihood"), number(found.likelihood), number(least.likelihood)],
    [t("likelihood.row.loss"), number(found.loss, 4), number(least.loss, 4)],
    [t(`likelihood.row.slope.${kind}`), number(found.slope), "0"],
  ];
  if (part) {
    const cells = [u, best].map((place) => number(part(state, place), 4));
    rows.splice(2, 0, [t("likelihood.row.part"), ...cells]);
  }
  return {
    caption: t("likelihood.caption", { n }),
    heads: [
      t("likelihood.head.quantity"),
      t(`likelihood.head.at.${kind}`, { u: show(u) }),
      t(`likelihood.head.at.${kind}`, { u: fixed(best, 2) }),
    ],
    rows,
  };
}

function tableOfClasses({ p, q, slopes }) {
  return {
    caption: t("likelihood.caption.classes"),
    heads: [
      t("likelihood.head.class"),
      t("likelihood.head.truth"),
      t("likelihood.head.prediction"),
      t("likelihood.head.term"),
      t("likelihood.head.slope"),
    ],
    rows: p.map((share, k) => [
      String(k + 1),
      short(share),
      number(q[k]),
      share ? number(-share * Math.log(q[k])) : "0",
      number(slopes[k]),
    ]),
  };
}

function answer(state, found) {
  const { kind } = state;
  const { show, step, part } = KINDS[kind];
  const values = {
    n: found.n,
    u: show(found.u),
    likelihood: number(found.likelihood),
    loss: number(found.loss),
    mean: fixed(found.mean, 2),
    best: number(found.least.likelihood),
    least: number(found.least.loss),
    slope: number(found.slope),
    ones: state.ones,
    part: part ? number(part(state, found.u)) : "",
  };
  const there = Math.abs(found.u - found.best) < step / 2;
  return (
    t(`likelihood.answer.${kind}`, values) +
    t(there ? "likelihood.answer.there" : "likelihood.answer.away", values) +
    t(`likelihood.answer.slope.${kind}`, values) +
    (kind === "gaussian" && isThirdClass(state.y, found.mean) ? t("likelihood.answer.third", values) : "")
  );
}

// Whole numbers whose mean is a whole number that does not occur among them.
function isThirdClass(y, mean) {
  return [...y, mean].every(Number.isInteger) && !y.includes(mean);
}

function answerOfClasses(state, { loss, p, q, slopes }) {
  const values = {
    loss: number(loss),
    q: p.indexOf(1) < 0 ? "" : number(q[p.indexOf(1)]),
    slopes: slopes.map((x) => number(x, 2)).join(t("page.comma")),
    least: number(Math.LN2),
    classes: CLASSES,
  };
  return (
    t(state.truth === "ends" ? "likelihood.answer.shares" : "likelihood.answer.one_hot", values) +
    t("likelihood.answer.slope.categorical", values)
  );
}

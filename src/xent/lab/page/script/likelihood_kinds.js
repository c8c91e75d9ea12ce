// Distributions of the view of likelihoods: parameter, observations, mean surprisal, and where it is least.

import { binaryCrossEntropy, crossEntropy, softmax, softmaxCrossEntropy } from "./distributions.js";
import { gaussianSurprisal, poissonSurprisal, squaredPart } from "./likelihoods.js";
import { fixed, python, short } from "./text.js";

export const TRIALS = 10;
export const CLASSES = 3;
const TRUTHS = { 1: [1, 0, 0], 2: [0, 1, 0], 3: [0, 0, 1], ends: [0.5, 0, 0.5] };
export const TRUTH_NAMES = Object.keys(TRUTHS);
const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
const list = (values) => `np.asarray([${values.map(python).join(", ")}])`;

export const truthOf = (state) => TRUTHS[state.truth];
export const logitsOf = (state) => [state.z1, state.z2, state.z3];

export const KINDS = {
  gaussian: {
    parameter: "mu",
    data: "y",
    range: [-2, 6],
    step: 0.1,
    ticks: [-2, 0, 2, 4, 6],
    grain: 0.1,
    count: ({ y }) => y.length,
    loss: ({ y, s }, mu) => mean(y.map((one) => gaussianSurprisal(one, mu, s))),
    part: ({ y, s }, mu) => mean(y.map((one) => squaredPart(one, mu, s))),
    observed: ({ y }) => mean(y),
    best: ({ y }) => mean(y),
    show: (u) => fixed(u, 1),
    code: ({ y, mu, s }) =>
      `from xent.losses import gaussian_nll\ny = ${list(y)}\n` +
      `logits = np.tile([${python(mu)}, 2 * np.log(${python(s)})], (${y.length}, 1))\n` +
      "gaussian_nll.mean(logits, y, full=True)",
  },
  bernoulli: {
    parameter: "a",
    range: [0, 1],
    step: 0.01,
    ticks: [0, 0.25, 0.5, 0.75, 1],
    count: () => TRIALS,
    loss: ({ ones }, a) => binaryCrossEntropy(ones / TRIALS, a),
    observed: ({ ones }) => ones / TRIALS,
    best: ({ ones }) => ones / TRIALS,
    show: (u) => fixed(u, 2),
    code: ({ ones, a }) =>
      `from xent import measures\nmeasures.binary_cross_entropy(${python(ones / TRIALS)}, ${python(a)})`,
  },
  poisson: {
    parameter: "rate",
    data: "counts",
    range: [0, 10],
    step: 0.1,
    ticks: [0, 2, 4, 6, 8, 10],
    grain: 1,
    count: ({ counts }) => counts.length,
    loss: ({ counts }, rate) => mean(counts.map((one) => poissonSurprisal(one, rate))),
    observed: ({ counts }) => mean(counts),
    best: ({ counts }) => mean(counts),
    show: (u) => fixed(u, 1),
    code: ({ counts, rate }) =>
      `from xent.losses import poisson_nll\ncounts = ${list(counts)}\n` +
      `poisson_nll.mean(np.full(${counts.length}, np.log(${python(rate)})), counts, full=True)`,
  },
  categorical: {
    parameter: "z2",
    range: [-6, 6],
    step: 0.05,
    ticks: [-6, -3, 0, 3, 6],
    count: ({ truth }) => (truth === "ends" ? 2 : 1),
    loss: (state, z2) => lossOfLogits(truthOf(state), [state.z1, z2, state.z3]),
    best: () => null,
    show: short,
    code(state) {
      const soft = state.truth === "ends";
      const name = `softmax_cross_entropy${soft ? "_of_targets" : ""}`;
      const truth = soft ? `[${truthOf(state).map(python).join(", ")}]` : Number(state.truth) - 1;
      return (
        `from xent.losses import ${name}\nlogits = np.asarray([[${logitsOf(state).map(python).join(", ")}]])\n` +
        `${name}(logits, np.asarray([${truth}]))`
      );
    },
  },
};

function lossOfLogits(truth, logits) {
  const label = truth.indexOf(1);
  return label < 0 ? crossEntropy(truth, softmax(logits)) : softmaxCrossEntropy(logits, label);
}

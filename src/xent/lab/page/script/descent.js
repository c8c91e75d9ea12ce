// Minimisation of a mean loss: gradient descent for the race, and three methods on one weight.

import {
  sigmoidCrossEntropy,
  sigmoidCrossEntropySlope,
  sigmoidSlope,
  sigmoidSquaredError,
  sigmoidSquaredErrorCurvature,
  sigmoidSquaredErrorSlope,
} from "./sigmoid_losses.js";

export const LOSSES = {
  cross_entropy: {
    value: sigmoidCrossEntropy,
    slope: sigmoidCrossEntropySlope,
    curvature: (z) => sigmoidSlope(z),
  },
  squared_error: {
    value: sigmoidSquaredError,
    slope: sigmoidSquaredErrorSlope,
    curvature: sigmoidSquaredErrorCurvature,
  },
};

const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
const norm = (values) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));

// Mean loss of a model with one weight, and its derivatives in the weight.
export function onOneWeight(loss, x, y) {
  const { value, slope, curvature } = LOSSES[loss];
  return {
    value: (w) => mean(x.map((a, i) => value(w * a, y[i]))),
    slope: (w) => mean(x.map((a, i) => a * slope(w * a, y[i]))),
    curvature: (w) => mean(x.map((a, i) => a * a * curvature(w * a, y[i]))),
  };
}

// Minima of a function of one weight in [low, high]: changes of the slope's sign from - to +, bisected.
export function minima(f, low, high, cells = 1200) {
  const found = [];
  const at = (i) => low + ((high - low) * i) / cells;
  for (let i = 0; i < cells; i++) {
    let [a, b] = [at(i), at(i + 1)];
    if (!(f.slope(a) < 0 && f.slope(b) >= 0)) continue;
    for (let n = 0; n < 60; n++) {
      const middle = (a + b) / 2;
      if (f.slope(middle) < 0) a = middle;
      else b = middle;
    }
    found.push({ w: b, value: f.value(b) });
  }
  return found;
}

const MOST_STEPS = 400;
const SMALL_SLOPE = 1e-9;

// Weights visited by one of three methods; `length` is the step length of gradient descent.
export function path(method, f, start, length) {
  const visited = [start];
  let before = null;
  for (let n = 0; n < MOST_STEPS; n++) {
    const w = visited[n];
    const slope = f.slope(w);
    if (Math.abs(slope) < SMALL_SLOPE) break;
    const step = method === "descent" ? -length * slope : safeStep(f, w, slope, bend(method, f, w, before));
    before = { w, slope };
    if (w + step === w) break;
    visited.push(w + step);
  }
  return visited;
}

// Newton takes the second derivative, L-BFGS the difference of the last two slopes; 1 until there are two.
function bend(method, f, w, before) {
  if (method === "newton") return Math.abs(f.curvature(w));
  const secant = before ? (f.slope(w) - before.slope) / (w - before.w) : 1;
  return secant > 0 ? secant : 1;
}

// At most 1 long, halved until the loss falls: where the loss is not convex, the plain step may go uphill.
function safeStep(f, w, slope, curvature) {
  let step = Math.max(-1, Math.min(1, -slope / Math.max(curvature, 1e-12)));
  while (f.value(w + step) > f.value(w) + 1e-4 * step * slope && Math.abs(step) > 1e-12) step /= 2;
  return step;
}

// Gradient descent on weights and an intercept, recorded at every step, as xent.lab.descent_race does it.
export function race(loss, X, y, start, length, steps) {
  const slope = LOSSES[loss].slope;
  let point = start;
  const rows = [];
  for (let n = 0; n <= steps; n++) {
    const logits = X.map((x) => x.reduce((sum, a, j) => sum + a * point[j], 0) + point[x.length]);
    const slopes = logits.map((z, i) => slope(z, y[i]));
    const gradient = point.map((_, j) => mean(slopes.map((s, i) => s * (j < X[i].length ? X[i][j] : 1))));
    rows.push({
      crossEntropy: mean(logits.map((z, i) => sigmoidCrossEntropy(z, y[i]))),
      error: mean(logits.map((z, i) => (z > 0 ? 1 : 0) !== y[i])),
      norm: norm(gradient),
      logit: logits[0],
    });
    point = point.map((w, j) => w - length * gradient[j]);
  }
  return rows;
}

// The multiple 2^k of `length` with the least cross-entropy after all steps.
export function bestLength(loss, X, y, start, length, steps) {
  const lengths = Array.from({ length: 13 }, (_, k) => length * 2 ** (k - 2));
  const ends = lengths.map((one) => race(loss, X, y, start, one, steps)[steps].crossEntropy);
  return lengths[ends.indexOf(Math.min(...ends))];
}

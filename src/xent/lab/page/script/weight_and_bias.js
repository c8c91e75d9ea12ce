// Mean losses of a logistic model with a weight and a bias, their minima, and the paths of three methods.

import { LOSSES } from "./descent.js";

const MOST_STEPS = 400;
const SMALL_SLOPE = 1e-9;
const MEMORY = 5;
const LEAST_CURVATURE = 1e-9;

const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
const dot2 = (a, b) => a[0] * b[0] + a[1] * b[1];
const plus = (a, b, factor = 1) => [a[0] + factor * b[0], a[1] + factor * b[1]];

// Value, gradient and Hessian (its entries ww, wb, bb) at a point [w, b].
export function onWeightAndBias(loss, x, y) {
  const { value, slope, curvature } = LOSSES[loss];
  const over = (f) => (point) => x.map((a, i) => f(point[0] * a + point[1], y[i]));
  const slopes = over(slope);
  const bends = over(curvature);
  return {
    value: (point) => mean(over(value)(point)),
    gradient: (point) => {
      const s = slopes(point);
      return [mean(s.map((one, i) => one * x[i])), mean(s)];
    },
    hessian: (point) => {
      const c = bends(point);
      return [mean(c.map((one, i) => one * x[i] * x[i])), mean(c.map((one, i) => one * x[i])), mean(c)];
    },
  };
}

// 1 / L for the bound L on the curvature of cross-entropy: a quarter of the largest second moment.
export function stepLength(x) {
  return 4 / eigen([mean(x.map((a) => a * a)), mean(x), 1]).values[0];
}

export function planePath(method, f, start, length) {
  const visited = [start];
  const pairs = [];
  for (let n = 0; n < MOST_STEPS; n++) {
    const point = visited[n];
    const g = f.gradient(point);
    if (Math.hypot(...g) < SMALL_SLOPE) break;
    const direction = {
      descent: () => [-g[0], -g[1]],
      newton: () => newton(f.hessian(point), g),
      lbfgs: () => lbfgs(pairs, g),
    }[method]();
    const next = method === "descent" ? plus(point, g, -length) : lineSearch(f, point, g, direction);
    if (next[0] === point[0] && next[1] === point[1]) break;
    const [step, change] = [plus(next, point, -1), plus(f.gradient(next), g, -1)];
    if (dot2(step, change) > 0) pairs.push([step, change]);
    if (pairs.length > MEMORY) pairs.shift();
    visited.push(next);
  }
  return visited;
}

// Minima that Newton's method finds from a grid of starts: places of slope 0 and of positive curvature.
export function planeMinima(f) {
  const found = [];
  for (const w of [-1.5, -0.5, 0, 0.5, 1.5]) {
    for (const b of [-3, 0, 3]) {
      const end = planePath("newton", f, [w, b], 1).at(-1);
      const isMinimum = Math.hypot(...f.gradient(end)) < 1e-8 && eigen(f.hessian(end)).values[1] > 1e-7;
      const isNew = found.every((one) => Math.hypot(one.w - end[0], one.b - end[1]) > 1e-3);
      if (isMinimum && isNew) found.push({ w: end[0], b: end[1], value: f.value(end) });
    }
  }
  return found.sort((a, b) => a.w - b.w);
}

// The Newton step with the absolute values of the eigenvalues, so that it always leads downhill.
function newton(hessian, g) {
  const { values, vectors } = eigen(hessian);
  return vectors.reduce(
    (sum, v, k) => plus(sum, v, -dot2(v, g) / Math.max(Math.abs(values[k]), LEAST_CURVATURE)),
    [0, 0],
  );
}

// The two-loop recursion; the gradient itself until there is a pair.
function lbfgs(pairs, g) {
  let q = g;
  const factors = pairs.map(() => 0);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const [s, c] = pairs[k];
    factors[k] = dot2(s, q) / dot2(s, c);
    q = plus(q, c, -factors[k]);
  }
  const last = pairs.at(-1);
  const scale = last ? dot2(last[0], last[1]) / dot2(last[1], last[1]) : 1;
  q = [q[0] * scale, q[1] * scale];
  pairs.forEach(([s, c], k) => (q = plus(q, s, factors[k] - dot2(c, q) / dot2(s, c))));
  return [-q[0], -q[1]];
}

// At most 1 long, halved until the loss falls.
function lineSearch(f, point, g, direction) {
  let factor = Math.min(1, 1 / Math.hypot(...direction));
  const [here, fall] = [f.value(point), dot2(g, direction)];
  while (factor > 1e-12 && f.value(plus(point, direction, factor)) > here + 1e-4 * factor * fall) factor /= 2;
  return plus(point, direction, factor);
}

// Eigenvalues, the largest first, and eigenvectors of a symmetric matrix of entries a, b, c.
function eigen([a, b, c]) {
  const [middle, half] = [(a + c) / 2, Math.hypot((a - c) / 2, b)];
  const angle = Math.atan2(2 * b, a - c) / 2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    values: [middle + half, middle - half],
    vectors: [
      [cos, sin],
      [-sin, cos],
    ],
  };
}

// Measures of distributions, in nats. Truth p first, model q second; 0 log 0 = 0.

export function entropy(p) {
  return p.reduce((sum, x) => sum - (x > 0 ? x * Math.log(x) : 0), 0);
}

export function crossEntropy(p, q) {
  return p.reduce((sum, x, k) => sum - (x > 0 ? x * Math.log(q[k]) : 0), 0);
}

// Terms p log(p / q) + q - p, none of which is negative: for nearly equal distributions the terms
// p log(p / q) are large, of both signs, and cancel.
export function klDivergence(p, q) {
  return p.reduce((sum, x, k) => sum + klTerm(x, q[k]), 0);
}

const NEAR = 1 / 3;
const MOST_TERMS = 20;

function klTerm(p, q) {
  if (p === 0) return q;
  if (q === 0) return Infinity;
  const difference = q - p;
  const s = difference / (p + q);
  if (Math.abs(s) > NEAR) return difference - p * Math.log(q / p);
  // s (q - p) - 2 p (s^3 / 3 + s^5 / 5 + ...), the series of atanh without its first term.
  const x = s * s;
  let series = 0;
  for (let n = MOST_TERMS; n >= 1; n--) series = series * x + 2 / (2 * n + 1);
  return s * (difference - p * x * series);
}

export function binaryCrossEntropy(p, q) {
  const event = p === 0 ? 0 : p * Math.log(q);
  const opposite = p === 1 ? 0 : (1 - p) * Math.log1p(-q);
  return 0 - (event + opposite);
}

export function binaryCrossEntropySlope(p, q) {
  if (p === 0) return 1 / (1 - q);
  if (p === 1) return -1 / q;
  return (q - p) / q / (1 - q);
}

export function binaryCrossEntropyCurvature(p, q) {
  return (p === 0 ? 0 : p / q / q) + (p === 1 ? 0 : (1 - p) / (1 - q) / (1 - q));
}

// Cross-entropy of a label under a softmax: the largest logit is left out of the sum, whose logarithm is
// then log1p, so that a loss near 0 keeps its digits.
export function softmaxCrossEntropy(logits, label) {
  const peak = argmax(logits);
  const rest = logits.reduce((sum, z, k) => sum + (k === peak ? 0 : Math.exp(z - logits[peak])), 0);
  return logits[peak] - logits[label] + Math.log1p(rest);
}

export function softmax(logits) {
  const peak = Math.max(...logits);
  const parts = logits.map((z) => Math.exp(z - peak));
  const total = parts.reduce((sum, x) => sum + x, 0);
  return parts.map((x) => x / total);
}

// Half the squared distance of the softmax from the label, as xent.losses.softmax_squared_error; the residual
// of the label is minus the sum of the other probabilities.
export function softmaxSquaredError(logits, label) {
  const probs = softmax(logits);
  const rest = probs.reduce((sum, p, k) => sum + (k === label ? 0 : p), 0);
  return probs.reduce((sum, p, k) => sum + (k === label ? 0 : p * p), rest * rest) / 2;
}

export function argmax(values) {
  return values.reduce((best, value, k) => (value > values[best] ? k : best), 0);
}

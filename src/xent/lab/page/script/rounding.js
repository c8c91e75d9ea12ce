// Cross-entropy of a label computed in three ways, with every operation rounded by `round`:
// Math.fround for 32 bits, the identity for 64.

import { argmax } from "./distributions.js";

export const ROUNDINGS = { 32: Math.fround, 64: (x) => x };

// exp, divide, log: overflows for large logits, and 0 / 0 or the logarithm of 0 for small ones.
export function naive(logits, label, round) {
  return minusLog(
    logits.map((z) => round(Math.exp(z))),
    label,
    round,
  );
}

// The same with the largest logit subtracted: no overflow, but a probability that rounds to 1 has loss 0.
export function shifted(logits, label, round) {
  const peak = Math.max(...logits);
  return minusLog(
    logits.map((z) => round(Math.exp(round(z - peak)))),
    label,
    round,
  );
}

// Subtraction, log1p, addition of two terms >= 0: no probability is formed.
export function fused(logits, label, round) {
  const peak = argmax(logits);
  const rest = logits.reduce(
    (sum, z, k) => (k === peak ? sum : round(sum + round(Math.exp(round(z - logits[peak]))))),
    0,
  );
  return round(round(logits[peak] - logits[label]) + round(Math.log1p(rest)));
}

function minusLog(parts, label, round) {
  const total = parts.reduce((sum, x) => round(sum + x), 0);
  return 0 - round(Math.log(round(parts[label] / total)));
}

// The least whole lead of one logit over another from which the shifted form gives exactly 0.
export function leadOfZero(round) {
  let lead = 0;
  while (shifted([lead, 0], 0, round) !== 0) lead++;
  return lead;
}

// Losses of one logit z and a truth t in [0, 1], with their slopes in z.
// Every loss of two outcomes is t f(z) + (1 - t) f(-z) for a function f of the true outcome's logit.

export function sigmoid(z) {
  const small = Math.exp(-Math.abs(z));
  return z > 0 ? 1 / (1 + small) : small / (1 + small);
}

// sigma' = sigma(z) sigma(-z); sigma (1 - sigma) would be 0 for large z.
export function sigmoidSlope(z) {
  return sigmoid(z) * sigmoid(-z);
}

// -log sigma(z): two terms >= 0, so that a loss near 0 keeps its digits.
export function surprisal(z) {
  return Math.max(-z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

export function sigmoidCrossEntropy(z, t) {
  const share = z > 0 ? 1 - t : t;
  return share * Math.abs(z) + Math.log1p(Math.exp(-Math.abs(z)));
}

// sigma(z) - t, as one term for each outcome: the subtraction would cancel near t = 0 and t = 1.
export function sigmoidCrossEntropySlope(z, t) {
  return (1 - t) * sigmoid(z) - t * sigmoid(-z);
}

export function sigmoidSquaredError(z, t) {
  const residual = sigmoidCrossEntropySlope(z, t);
  return residual * residual;
}

export function sigmoidSquaredErrorSlope(z, t) {
  return 2 * sigmoidCrossEntropySlope(z, t) * sigmoidSlope(z);
}

export function sigmoidSquaredErrorCurvature(z, t) {
  const spread = sigmoidSlope(z);
  const residual = sigmoidCrossEntropySlope(z, t);
  return 2 * spread * (spread + residual * (sigmoid(-z) - sigmoid(z)));
}

function ofBothOutcomes(value, slope) {
  return {
    value: (z, t) => (t ? t * value(z) : 0) + (t < 1 ? (1 - t) * value(-z) : 0),
    slope: (z, t) => (t ? t * slope(z) : 0) - (t < 1 ? (1 - t) * slope(-z) : 0),
  };
}

const FOCUSING = 2;
const EXPONENT = 0.7;

// The second losses of the view of slopes, each with its name in xent.losses.
export const RIVALS = {
  squared_error: { value: sigmoidSquaredError, slope: sigmoidSquaredErrorSlope },
  focal: ofBothOutcomes(
    (z) => sigmoid(-z) ** FOCUSING * surprisal(z),
    (z) => -(sigmoid(-z) ** FOCUSING) * (sigmoid(-z) + FOCUSING * sigmoid(z) * surprisal(z)),
  ),
  generalized_cross_entropy: ofBothOutcomes(
    (z) => -Math.expm1(-EXPONENT * surprisal(z)) / EXPONENT,
    (z) => -(sigmoid(z) ** EXPONENT) * sigmoid(-z),
  ),
  mean_absolute_error: ofBothOutcomes(
    (z) => 2 * sigmoid(-z),
    (z) => -2 * sigmoidSlope(z),
  ),
};

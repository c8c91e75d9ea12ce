// Surprisal of one observation under three distributions of one parameter, in nats.

const HALF_LOG_TWO_PI = 0.9189385332046727;

// log k! for the counts of the page, as sums of logarithms.
const LOG_FACTORIALS = [0];
for (let k = 1; k <= 20; k++) LOG_FACTORIALS.push(LOG_FACTORIALS[k - 1] + Math.log(k));

// The squared error over twice the variance, and a term that does not depend on the mean.
export function gaussianSurprisal(y, mean, deviation) {
  return squaredPart(y, mean, deviation) + Math.log(deviation) + HALF_LOG_TWO_PI;
}

export function squaredPart(y, mean, deviation) {
  const z = (y - mean) / deviation;
  return (z * z) / 2;
}

export function poissonSurprisal(count, rate) {
  return rate - (count ? count * Math.log(rate) : 0) + LOG_FACTORIALS[count];
}

// Held-out predictions at a temperature: logits divided by T, then softmax.

import { argmax, softmax, softmaxCrossEntropy, softmaxSquaredError } from "./distributions.js";

const BINS = 10;
const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
const cooled = (row, temperature) => row.map((z) => z / temperature);

export function crossEntropyAt(rows, labels, temperature) {
  return mean(rows.map((row, i) => softmaxCrossEntropy(cooled(row, temperature), labels[i])));
}

// Brier's score: the squared distance of the probabilities from the label, summed over the classes.
export function brierAt(rows, labels, temperature) {
  return mean(rows.map((row, i) => 2 * softmaxSquaredError(cooled(row, temperature), labels[i])));
}

export function errorAt(rows, labels) {
  return mean(rows.map((row, i) => (argmax(row) === labels[i] ? 0 : 1)));
}

// Ten bins of equal width, closed on the right, over the probability of each row's most probable class, as
// xent.scoring.reliability has them for more than two classes; empty bins are left out.
export function reliabilityAt(rows, labels, temperature) {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, predicted: 0, observed: 0 }));
  rows.forEach((row, i) => {
    const top = argmax(row);
    const p = softmax(cooled(row, temperature))[top];
    const bin = bins[Math.min(Math.max(Math.ceil(p * BINS) - 1, 0), BINS - 1)];
    bin.count += 1;
    bin.predicted += p;
    bin.observed += top === labels[i] ? 1 : 0;
  });
  return bins
    .filter((bin) => bin.count > 0)
    .map(({ count, predicted, observed }) => ({
      count,
      predicted: predicted / count,
      observed: observed / count,
      ...wilsonInterval(observed, count),
    }));
}

// Wilson's interval of a share at 95 %.
export function wilsonInterval(hits, count) {
  const z = 1.959963984540054;
  const share = hits / count;
  const middle = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half =
    (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export function calibrationError(bins) {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.predicted - bin.observed), 0) / total;
}

// The temperature of least cross-entropy, by golden section on its logarithm.
export function bestTemperature(rows, labels) {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.1), Math.log(10)];
  const loss = (t) => crossEntropyAt(rows, labels, Math.exp(t));
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [fa, fb] = [loss(a), loss(b)];
  for (let n = 0; n < 34; n++) {
    if (fa < fb) {
      [high, b, fb] = [b, a, fa];
      a = high - ratio * (high - low);
      fa = loss(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = low + ratio * (high - low);
      fb = loss(b);
    }
  }
  return Math.exp((low + high) / 2);
}

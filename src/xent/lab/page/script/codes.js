// Code lengths in bits, one for each outcome; Infinity for an outcome that the code leaves out.

export function idealLengths(q) {
  return q.map((x) => (x > 0 ? -Math.log2(x) : Infinity));
}

// The least whole number that is at least -log2 q, found without rounding: 2^-length <= q.
export function shannonLengths(q) {
  return q.map((x) => {
    if (x <= 0) return Infinity;
    let length = 0;
    while (2 ** -length > x) length++;
    return length;
  });
}

// Huffman's algorithm; among equal weights the subtree that was made first is merged first.
export function huffmanLengths(q) {
  const lengths = q.map((x) => (x > 0 ? 0 : Infinity));
  let trees = q.map((weight, k) => ({ weight, leaves: [k] })).filter((tree) => tree.weight > 0);
  if (trees.length === 1) lengths[trees[0].leaves[0]] = 1;
  while (trees.length > 1) {
    trees.sort((a, b) => a.weight - b.weight);
    const [a, b, ...rest] = trees;
    const leaves = [...a.leaves, ...b.leaves];
    leaves.forEach((k) => lengths[k]++);
    trees = [...rest, { weight: a.weight + b.weight, leaves }];
  }
  return lengths;
}

// A range coder rounds the model to multiples of 2^-24 and gives no outcome less.
const PRECISION = 2 ** 24;

export function rangeLengths(q) {
  return idealLengths(q.map((x) => (x > 0 ? Math.max(Math.round(x * PRECISION), 1) / PRECISION : 0)));
}

export const CODES = {
  ideal: idealLengths,
  shannon: shannonLengths,
  huffman: huffmanLengths,
  range: rangeLengths,
};

export function expectedLength(lengths, p) {
  return p.reduce((sum, x, k) => sum + (x > 0 ? x * lengths[k] : 0), 0);
}

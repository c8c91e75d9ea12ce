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

// Probabilities as whole numbers of 2^-200, whose sums are exact: rounding would decide ties.
const EXACT = 2 ** 200;

// Huffman's algorithm by two ascending queues, leaves and merged nodes. Of equal weights the leaf is merged
// first, which minimises the longest codeword, as in xent.measures.codes.huffman_code.
export function huffmanLengths(q) {
  const lengths = q.map((x) => (x > 0 ? 1 : Infinity));
  const leaves = q
    .map((x, k) => ({ weight: BigInt(x * EXACT), outcomes: [k] }))
    .filter((node) => node.weight > 0n)
    .sort((a, b) => (a.weight < b.weight ? -1 : a.weight > b.weight ? 1 : 0));
  if (leaves.length === 1) return lengths;
  leaves.forEach(({ outcomes: [k] }) => (lengths[k] = 0));
  const merged = [];
  const least = () =>
    !merged.length || (leaves.length && leaves[0].weight <= merged[0].weight)
      ? leaves.shift()
      : merged.shift();
  while (leaves.length + merged.length > 1) {
    const [a, b] = [least(), least()];
    const outcomes = [...a.outcomes, ...b.outcomes];
    outcomes.forEach((k) => lengths[k]++);
    merged.push({ weight: a.weight + b.weight, outcomes });
  }
  return lengths;
}

// A range coder of 24 bits gives no possible outcome less than 2^-24, as xent.measures.codes.range_coding.
const LEAST = 2 ** -24;

export function rangeLengths(q) {
  const possible = q.filter((x) => x > 0).length;
  return idealLengths(q.map((x) => (x > 0 ? (1 - possible * LEAST) * x + LEAST : 0)));
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

// Real rows, stored in the page by `python -m docs.lab`, which takes them from xent.

const STORED = JSON.parse(document.getElementById("rows").textContent);

export const IRIS = STORED.iris;

// Log-probabilities of held-out digits: 16-bit integers in units of `unit` nats, one after the other.
export const DIGITS = {
  labels: STORED.digits.labels,
  rows: unpacked(STORED.digits),
};

// Features of two dimensions of held-out digits under each loss: `plain`, or scale and margin as in "8 0.3".
export const FEATURES = {
  labels: STORED.features.labels,
  networks: Object.fromEntries(
    Object.entries(STORED.features.networks).map(([name, { features, directions }]) => [
      name,
      { features: numbers(features, 2), directions, cosine: name !== "plain" },
    ]),
  ),
};

function unpacked({ log_probs: text, labels, unit }) {
  const classes = atob(text).length / 2 / labels.length;
  return numbers(text, classes).map((row) => row.map((whole) => whole * unit));
}

// Rows of `wide` integers of 16 bits.
function numbers(text, wide) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 2 / wide }, (_, i) =>
    Array.from({ length: wide }, (__, k) => view.getInt16(2 * (i * wide + k), true)),
  );
}

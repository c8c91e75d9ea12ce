// Real rows, stored in the page by `python -m docs.lab`, which takes them from xent.

const STORED = JSON.parse(document.getElementById("rows").textContent);

export const IRIS = STORED.iris;

// Log-probabilities of held-out digits: 16-bit integers in units of `unit` nats, one after the other.
export const DIGITS = {
  labels: STORED.digits.labels,
  rows: unpacked(STORED.digits),
};

function unpacked({ log_probs: text, labels, unit }) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const classes = bytes.length / 2 / labels.length;
  return labels.map((_, i) =>
    Array.from({ length: classes }, (__, k) => view.getInt16(2 * (i * classes + k), true) * unit),
  );
}

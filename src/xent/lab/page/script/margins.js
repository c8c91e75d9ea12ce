// Cross-entropy of scaled cosines with a margin on the label's cosine, as xent.losses.cosface, and the angles
// of features of two dimensions.

// exp of the other logits less the label's. The low-order parts of both additions are kept: the scale
// multiplies their rounding errors.
function others(cosines, label, scale, margin) {
  return cosines.map((cosine, k) => {
    if (k === label) return 0;
    const [difference, low] = exactSum(cosine, -cosines[label]);
    const [high, rest] = exactSum(difference, margin);
    return Math.exp(scale * high) * (1 + scale * (low + rest));
  });
}

// Knuth's sum of two floats: the rounded sum and its rounding error.
function exactSum(a, b) {
  const sum = a + b;
  const shifted = sum - a;
  return [sum, a - (sum - shifted) + (b - shifted)];
}

const total = (values) => values.reduce((sum, x) => sum + x, 0);

export function marginCrossEntropy(cosines, label, scale, margin) {
  return Math.log1p(total(others(cosines, label, scale, margin)));
}

// Derivatives in the cosines: scale times softmax minus one-hot label.
export function marginSlopes(cosines, label, scale, margin) {
  const parts = others(cosines, label, scale, margin);
  const rest = total(parts);
  return parts.map((part, k) => (scale * (k === label ? -rest : part)) / (1 + rest));
}

const turned = (angle) => Math.atan2(Math.sin(angle), Math.cos(angle));

// Mean angle between features and the mean direction of their class, the least angle between two such
// directions, both in radians, and the share of features that a class other than their own is nearest to.
export function angles({ features, directions, cosine }, labels) {
  const classes = directions.map((_, k) => k);
  const units = features.map(([x, y]) => [x / Math.hypot(x, y), y / Math.hypot(x, y)]);
  const means = classes.map((k) => {
    const own = units.filter((_, i) => labels[i] === k);
    return Math.atan2(total(own.map((u) => u[1])), total(own.map((u) => u[0])));
  });
  const away = units.map(([x, y], i) => Math.abs(turned(Math.atan2(y, x) - means[labels[i]])));
  const between = classes.flatMap((k) =>
    classes.slice(k + 1).map((j) => Math.abs(turned(means[k] - means[j]))),
  );
  const lengths = directions.map(([x, y]) => (cosine ? Math.hypot(x, y) : 1));
  const wrong = features.filter(([x, y], i) => {
    const scores = directions.map(([u, v], k) => (x * u + y * v) / lengths[k]);
    return scores.indexOf(Math.max(...scores)) !== labels[i];
  });
  return {
    means,
    spread: total(away) / away.length,
    between: Math.min(...between),
    error: wrong.length / features.length,
  };
}

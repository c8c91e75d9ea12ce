// View 2: cross-entropy and squared error over truth and prediction, and a slice with its minimum.

import {
  binaryCrossEntropy,
  binaryCrossEntropyCurvature,
  binaryCrossEntropySlope,
  klDivergence,
} from "./distributions.js";
import { axes, clipped, curve, dot, escape, grid, handle, legend, samples, svg, words } from "./picture.js";
import { paintSurfaces } from "./surface_painting.js";
import { fixed, number, python, short, t } from "./text.js";

const LOW = 0.01;
const HIGH = 0.99;

export const SURFACES = {
  id: "surfaces",
  defaults: { p: 0.3, q: 0.75, turn: 35, tilt: 24 },
  controls: [
    { name: "p", kind: "range", min: LOW, max: HIGH, step: 0.01, show: (p) => fixed(p, 2) },
    { name: "q", kind: "range", min: LOW, max: HIGH, step: 0.01, show: (q) => fixed(q, 2) },
    { name: "turn", kind: "range", min: -180, max: 180, step: 5, show: (turn) => `${short(turn)}°` },
    { name: "tilt", kind: "range", min: 0, max: 80, step: 2, show: (tilt) => `${tilt}°` },
  ],
  move: (_, id, value) => ({ [id]: value }),
  orbit: ({ turn, tilt }, dx, dy) => ({
    turn: ((((turn + dx / 2 + 180) % 360) + 360) % 360) - 180,
    tilt: Math.max(0, Math.min(80, tilt + dy / 2)),
  }),
  show(state, width) {
    const { p, q } = state;
    return {
      picture: canvas(state) + slice(state, width),
      caption: t("surfaces.caption", { p: fixed(p, 2), q: fixed(q, 2) }),
      heads: [t("surfaces.head.quantity"), t("surfaces.head.at_q"), t("surfaces.head.at_p")],
      rows: rows(p, q),
      answer: answer(p, q),
      code: `from xent import measures\nmeasures.binary_cross_entropy(${python(p)}, ${python(q)})`,
      value: [binaryCrossEntropy(p, q)],
    };
  },
  paint: (root, state, width) => paintSurfaces(root.querySelector("canvas"), state, width),
};

function rows(p, q) {
  const both = (f, digits = 4) => [number(f(q), digits), number(f(p), digits)];
  return [
    [t("page.cross_entropy"), ...both((u) => binaryCrossEntropy(p, u))],
    [t("surfaces.row.divergence"), ...both((u) => klDivergence([p, 1 - p], [u, 1 - u]))],
    [t("surfaces.row.slope"), ...both((u) => binaryCrossEntropySlope(p, u))],
    [t("surfaces.row.curvature"), ...both((u) => binaryCrossEntropyCurvature(p, u))],
    [t("page.squared_error"), ...both((u) => (u - p) ** 2)],
    [t("surfaces.row.squared_slope"), ...both((u) => 2 * (u - p))],
  ];
}

function answer(p, q) {
  const values = { p: fixed(p, 2), q: fixed(q, 2), entropy: number(binaryCrossEntropy(p, p), 4) };
  if (Math.abs(p - q) < 1e-9) return t("surfaces.answer.minimum", values);
  return t("surfaces.answer", {
    ...values,
    value: number(binaryCrossEntropy(p, q), 4),
    divergence: number(klDivergence([p, 1 - p], [q, 1 - q]), 3),
  });
}

function canvas({ turn }) {
  return (
    `<canvas tabindex="0" role="slider" data-orbit data-handle="turn" data-min="-180" data-max="180" data-step="5" ` +
    `aria-label="${escape(t("surfaces.canvas"))}" aria-valuemin="-180" aria-valuemax="180" aria-valuenow="${Math.round(turn)}" ` +
    `aria-valuetext="${Math.round(turn)}°"></canvas>`
  );
}

function slice({ p, q }, width) {
  const top = Math.max(2.5, 1.3 * binaryCrossEntropy(p, q));
  const a = axes({ box: [46, 34, width - 14, 214], x: [0, 1], y: [0, top] });
  const low = binaryCrossEntropy(p, p);
  const at = Math.min(Math.max(a.X(p), 100), width - 100);
  return (
    svg(width, 256, t("surfaces.slice"), [
      grid(a, {
        xTicks: [0, 0.25, 0.5, 0.75, 1],
        yTicks: [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * top * 10) / 10),
        xLabel: t("surfaces.q"),
        yLabel: t("surfaces.axis.slice", { p: fixed(p, 2) }),
        format: short,
      }),
      clipped(a, "surfaces-a", [
        curve(
          a,
          samples(0.001, 0.999, 300, (u) => binaryCrossEntropy(p, u)),
          "line accent",
        ),
        curve(
          a,
          samples(0, 1, 100, (u) => (u - p) ** 2),
          "line rival dashed",
        ),
      ]),
      dot(a.X(p), a.Y(low), 5, "accent ring"),
      words(at, a.Y(low) + 24, t("surfaces.minimum", { entropy: number(low, 4) }), "mark accent middle"),
      dot(a.X(q), a.Y((q - p) ** 2), 4, "rival"),
      handle(a, {
        id: "q",
        along: "x",
        value: q,
        min: LOW,
        max: HIGH,
        step: 0.01,
        label: t("surfaces.q"),
        text: fixed(q, 2),
        x: a.X(q),
        y: a.Y(binaryCrossEntropy(p, q)),
      }),
    ]) +
    legend([
      ["line accent", t("page.cross_entropy")],
      ["line rival dashed", t("page.squared_error")],
    ])
  );
}

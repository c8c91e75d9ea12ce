// Picture of the view of likelihoods: the distribution with its observations, the likelihood over the
// parameter, and its negative logarithm.

import { softmax } from "./distributions.js";
import { KINDS, logitsOf, truthOf } from "./likelihood_kinds.js";
import { gaussianSurprisal, poissonSurprisal } from "./likelihoods.js";
import {
  axes,
  clipped,
  curve,
  dot,
  grid,
  handle,
  legend,
  rect,
  rule,
  samples,
  svg,
  words,
} from "./picture.js";
import { number, short, t } from "./text.js";

const FINE = 150;
const EDGE = 0.002;
const BINARY = ["0", "1"];

export function picture(state, found, width) {
  const kind = KINDS[state.kind];
  const [left, right] = [50, width - 14];
  const curves = { kind, found, state, x: kind.range, inner: inner(kind) };
  return (
    svg(width, 556, t("likelihood.picture"), [
      distribution(state, found, [left, 28, right, 168]),
      likelihood(curves, [left, 220, right, 320]),
      loss(curves, [left, 370, right, 510]),
    ]) +
    legend([
      ["line third", t("likelihood.key.observations")],
      ["line muted dashed", t("likelihood.key.distribution")],
      ["line rival dashed", t("likelihood.key.likelihood")],
      ["line accent", t("likelihood.key.loss")],
    ])
  );
}

// The curves stop short of the ends, where a logarithm may be infinite.
function inner({ range: [low, high] }) {
  const gap = EDGE * (high - low);
  return [low + gap, high - gap];
}

function likelihood({ kind, found, state, x, inner: [low, high] }, box) {
  const a = axes({ box, x, y: [0, 1.05] });
  const of = (u) => Math.exp(-found.n * kind.loss(state, u));
  const points = samples(low, high, FINE, of);
  const peak = found.least?.likelihood ?? Math.max(...points.map(([, v]) => v));
  return [
    grid(a, {
      xTicks: kind.ticks,
      yTicks: [0, 0.5, 1],
      yLabel: t("likelihood.axis.likelihood"),
      format: short,
    }),
    clipped(
      a,
      "likelihood-a",
      curve(
        a,
        points.map(([u, v]) => [u, v / peak]),
        "line rival dashed",
      ),
    ),
    dot(a.X(found.u), a.Y(found.likelihood / peak), 5, "rival"),
  ];
}

function loss({ kind, found, state, x, inner: [low, high] }, box) {
  const points = samples(low, high, FINE, (u) => kind.loss(state, u));
  const least = found.least?.loss ?? Math.min(...points.map(([, v]) => v));
  const bottom = Math.floor(Math.min(least, 0));
  // An even height, so that the ticks are multiples of a half.
  const top = bottom + 2 * Math.ceil((Math.max(found.loss, least + 2) - bottom) / 2);
  const a = axes({ box, x, y: [bottom, top] });
  const yTicks = [0, 1, 2, 3, 4].map((n) => bottom + (n * (top - bottom)) / 4);
  const marked = found.best !== null && [
    rule(a.X(found.best), 220, a.X(found.best), box[3], "line thin accent dotted"),
    words(a.X(found.best) + 6, box[1] + 12, t("likelihood.best"), "mark accent"),
  ];
  return [
    grid(a, {
      xTicks: kind.ticks,
      yTicks,
      xLabel: t(`likelihood.${kind.parameter}`),
      yLabel: t("likelihood.axis.loss"),
      format: short,
    }),
    clipped(a, "likelihood-b", curve(a, points, "line accent")),
    marked || "",
    rule(a.X(found.u), 220, a.X(found.u), box[3], "now"),
    handle(a, {
      id: "u",
      along: "x",
      value: found.u,
      min: kind.range[0] + (kind.parameter === "a" || kind.parameter === "rate" ? kind.step : 0),
      max: kind.range[1] - (kind.parameter === "a" ? kind.step : 0),
      step: kind.step,
      label: t(`likelihood.${kind.parameter}`),
      text: kind.show(found.u),
      x: a.X(found.u),
      y: a.Y(Math.min(found.loss, top)),
    }),
  ];
}

function distribution(state, found, box) {
  if (state.kind === "gaussian") return density(state, box);
  if (state.kind === "poisson") return counted(state, box);
  if (state.kind === "categorical")
    return bars(truthOf(state), softmax(logitsOf(state)), ["1", "2", "3"], t("likelihood.axis.classes"), box);
  const share = KINDS.bernoulli.observed(state);
  return bars([1 - share, share], [1 - state.a, state.a], BINARY, t("likelihood.axis.outcomes"), box);
}

function density({ mu, s, y }, box) {
  const { range, ticks } = KINDS.gaussian;
  const a = axes({ box, x: range, y: [0, Math.max(0.45, 0.45 / s)] });
  const height = (one) => Math.exp(-gaussianSurprisal(one, mu, s));
  return [
    grid(a, { xTicks: ticks, yTicks: [0, 0.2, 0.4], yLabel: t("likelihood.axis.density"), format: short }),
    clipped(a, "likelihood-c", curve(a, samples(...range, FINE, height), "line muted dashed")),
    observations(a, y, height, 0.1),
  ];
}

function counted({ rate, counts }, box) {
  const { range, ticks } = KINDS.poisson;
  const a = axes({ box, x: range, y: [0, 0.5] });
  const height = (count) => Math.exp(-poissonSurprisal(count, rate));
  const whole = Array.from({ length: range[1] + 1 }, (_, k) => k);
  return [
    grid(a, { xTicks: ticks, yTicks: [0, 0.2, 0.4], yLabel: t("likelihood.axis.mass"), format: short }),
    clipped(a, "likelihood-c", [
      whole.map((k) => rule(a.X(k), a.Y(0), a.X(k), a.Y(height(k)), "line muted dashed")),
    ]),
    observations(a, counts, height, 1),
  ];
}

// Each observation with the height of the distribution there; equal observations stand above each other.
function observations(a, values, height, step) {
  return values.map((value, i) => {
    const below = values.slice(0, i).filter((other) => other === value).length;
    const place = a.X(value);
    return [
      rule(place, a.Y(0), place, a.Y(height(value)), "line thin third"),
      dot(place, a.Y(height(value)), 3.5, "third"),
      handle(a, {
        id: i,
        along: "x",
        value,
        min: a.x[0],
        max: a.x[1],
        step,
        label: t("likelihood.observation", { n: i + 1 }),
        text: short(value),
        x: place,
        y: a.box[3] - 17 * below,
      }),
    ];
  });
}

// Observed shares beside predicted probabilities.
function bars(observed, predicted, names, xLabel, box) {
  const a = axes({ box, x: [0, names.length], y: [0, 1.1] });
  const bar = (left, wide, share, kind, word) => [
    rect(a.X(left), a.Y(share), a.X(left + wide) - a.X(left), a.Y(0) - a.Y(share), kind),
    words(a.X(left + wide / 2), a.Y(share) - 5, word, "small middle"),
  ];
  return [
    grid(a, { yTicks: [0, 0.5, 1], yLabel: t("likelihood.axis.shares"), xLabel, format: short }),
    names.map((name, k) => [
      bar(k + 0.2, 0.28, observed[k], "third bar", short(observed[k])),
      bar(k + 0.52, 0.28, predicted[k], "muted bar", number(predicted[k], 2)),
      words(a.X(k + 0.5), box[3] + 16, name, "tick middle"),
    ]),
  ];
}

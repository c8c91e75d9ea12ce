// View 7: held-out predictions of a fit of handwritten digits under a temperature.

import { axes, curve, dot, grid, handle, legend, rule, samples, svg, words } from "./picture.js";
import { DIGITS } from "./stored_rows.js";
import {
  bestTemperature,
  brierAt,
  calibrationError,
  crossEntropyAt,
  errorAt,
  reliabilityAt,
} from "./temperature.js";
import { fixed, number, percent, python, short, t } from "./text.js";

const LOWEST = -1.2;
const HIGHEST = 1.6;
const { rows: ROWS, labels: LABELS } = DIGITS;
const BEST = bestTemperature(ROWS, LABELS);
const ERROR = errorAt(ROWS, LABELS);
// Curves do not depend on the state.
const CURVES = { entropy: over(crossEntropyAt), brier: over(brierAt) };

function over(score) {
  return samples(LOWEST, HIGHEST, 28, (u) => score(ROWS, LABELS, Math.exp(u)));
}

export const CALIBRATION = {
  id: "calibration",
  // The slider moves the logarithm of the temperature.
  defaults: { t: 0 },
  controls: [
    { name: "t", kind: "range", min: LOWEST, max: HIGHEST, step: 0.02, show: (u) => fixed(Math.exp(u), 2) },
  ],
  move: (_, __, u) => ({ t: u }),
  show(state, width) {
    const temperature = Math.exp(state.t);
    const found = scores(temperature);
    return {
      picture: picture(state, found, width),
      ...table(temperature, found),
      answer: answer(temperature, found),
      code:
        'import xent\nfrom xent.losses import softmax_cross_entropy\nfitted = xent.fit("digits")\n' +
        "softmax_cross_entropy.mean(\n    fitted.held_out_log_probs, fitted.held_out_codes,\n" +
        `    temperature=${python(Number(temperature.toPrecision(6)))},\n)`,
      value: [found.entropy],
    };
  },
};

function scores(temperature) {
  const bins = reliabilityAt(ROWS, LABELS, temperature);
  return {
    bins,
    entropy: crossEntropyAt(ROWS, LABELS, temperature),
    brier: brierAt(ROWS, LABELS, temperature),
    calibration: calibrationError(bins),
  };
}

function picture(state, found, width) {
  const beside = width >= 560;
  const side = beside ? Math.min(width * 0.46 - 50, 330) : Math.min(width - 64, 330);
  const scores = beside ? [side + 110, 34, width - 14, 34 + side] : [50, side + 108, width - 14, side + 290];
  return (
    svg(width, scores[3] + 46, t("calibration.picture"), [
      diagram(found.bins, [50, 34, 50 + side, 34 + side]),
      curves(state, found, scores),
    ]) +
    legend([
      ["line accent", t("page.cross_entropy")],
      ["line rival dashed", t("calibration.brier")],
      ["line muted dotted", t("calibration.error")],
    ])
  );
}

function diagram(bins, box) {
  const a = axes({ box, x: [0, 1], y: [0, 1] });
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return [
    grid(a, {
      xTicks: ticks,
      yTicks: ticks,
      xLabel: t("calibration.axis.predicted"),
      yLabel: t("calibration.axis.observed"),
      format: short,
    }),
    rule(a.X(0), a.Y(0), a.X(1), a.Y(1), "line thin muted dotted"),
    bins.map(({ predicted, observed, low, high, count }) => [
      rule(a.X(predicted), a.Y(low), a.X(predicted), a.Y(high), "line accent whisker"),
      dot(a.X(predicted), a.Y(observed), (2.5 + 1.2 * Math.log10(count)).toFixed(1), "accent"),
    ]),
  ];
}

function curves({ t: u }, { entropy, brier }, box) {
  const top = 0.5;
  const a = axes({ box, x: [LOWEST, HIGHEST], y: [0, top] });
  return [
    grid(a, {
      xTicks: [0.5, 1, 2, 4].map(Math.log),
      yTicks: [0, 0.1, 0.2, 0.3, 0.4, 0.5],
      xLabel: t("calibration.t"),
      yLabel: t("calibration.axis.scores"),
      format: (v) => short(Math.exp(v)),
      yFormat: short,
    }),
    curve(
      a,
      CURVES.entropy.filter(([, v]) => v <= top),
      "line accent",
    ),
    curve(a, CURVES.brier, "line rival dashed"),
    curve(
      a,
      [
        [LOWEST, ERROR],
        [HIGHEST, ERROR],
      ],
      "line muted dotted",
    ),
    rule(a.X(Math.log(BEST)), box[1], a.X(Math.log(BEST)), box[3], "line thin accent dotted"),
    words(
      a.X(Math.log(BEST)) + 6,
      box[1] + 14,
      t("calibration.best", { best: fixed(BEST, 2) }),
      "mark accent",
    ),
    rule(a.X(u), box[1], a.X(u), box[3], "now"),
    dot(a.X(u), a.Y(brier), 4, "rival"),
    handle(a, {
      id: "t",
      along: "x",
      value: u,
      min: LOWEST,
      max: HIGHEST,
      step: 0.02,
      label: t("calibration.t"),
      text: fixed(Math.exp(u), 2),
      x: a.X(u),
      y: a.Y(Math.min(entropy, top)),
    }),
  ];
}

function table(temperature, found) {
  const at = (T) => (T === temperature ? found : scores(T));
  const columns = [at(temperature), at(1), at(BEST)];
  const row = (key, value) => [t(key), ...columns.map(value)];
  return {
    caption: t("calibration.caption", { rows: LABELS.length }),
    heads: [t("calibration.head.score"), `T = ${fixed(temperature, 2)}`, "T = 1", `T = ${fixed(BEST, 2)}`],
    rows: [
      row("page.cross_entropy", (one) => number(one.entropy, 4)),
      row("calibration.brier", (one) => number(one.brier, 4)),
      row("calibration.off", (one) => percent(one.calibration, 2)),
      row("calibration.error", () => percent(ERROR, 2)),
    ],
  };
}

function answer(temperature, { entropy, brier }) {
  const values = {
    T: fixed(temperature, 2),
    entropy: number(entropy),
    brier: number(brier),
    error: percent(ERROR, 2),
    best: fixed(BEST, 2),
  };
  const kind = Math.abs(Math.log(temperature / BEST)) < 0.03 ? "best" : temperature < BEST ? "sharp" : "flat";
  return t(`calibration.answer.${kind}`, values);
}

// Table, sentence and line of code of the view of valleys, from its runs.

import { fixed, python, t } from "./text.js";

const NEAR = 1e-3;

export function table(runs, model) {
  const shown = ({ w, b }) => (model === "plane" ? `(${fixed(w, 2)}, ${fixed(b, 2)})` : fixed(w, 2));
  return {
    caption: t(`valleys.caption.${model}`),
    heads: ["page.loss", ...["minima", "end", "value", "steps"].map((name) => `valleys.head.${name}`)].map(
      (key) => t(key),
    ),
    rows: runs.map(({ loss, found, end, visited }) => [
      t(`page.${loss}`),
      found.length ? found.map(shown).join(", ") : t("page.none"),
      shown(end),
      fixed(end.value, 4),
      String(visited.length - 1),
    ]),
  };
}

// Minima, and where the run ended among them.
export function said({ loss, found, end, visited }, model) {
  const place = ({ w, b }) => t(`valleys.place.${model}`, { w: fixed(w, 2), b: fixed(b, 2) });
  const list = found
    .map((one) => t("valleys.minimum", { place: place(one), value: fixed(one.value, 4) }))
    .join(t("page.comma"));
  const values = {
    loss: t(`page.${loss}`),
    n: found.length,
    list,
    place: place(end),
    steps: visited.length - 1,
  };
  if (!found.length) return t("valleys.answer.no_minimum", values);
  const start = t(found.length === 1 ? "valleys.answer.one" : "valleys.answer.several", values);
  const least = Math.min(...found.map((one) => one.value));
  const arrived = found.some(
    (one) => Math.hypot(one.w - end.w, one.b - end.b) < NEAR * (1 + Math.hypot(one.w, one.b)),
  );
  if (!arrived) return start + t("valleys.answer.on_the_way", values);
  if (end.value > least + 1e-6) return start + t("valleys.answer.stuck", values);
  return start + t(found.length > 1 ? "valleys.answer.lowest" : "valleys.answer.arrived", values);
}

export function code({ x, y, model }, { w, b }) {
  const list = (values) => `[${values.map(python).join(", ")}]`;
  const logits = `${python(w)} * x${model === "plane" ? ` + ${python(b)}` : ""}`;
  return (
    "import numpy as np\nfrom xent.losses import sigmoid_squared_error\n" +
    `x = np.asarray(${list(x)})\ny = np.asarray(${list(y)})\nsigmoid_squared_error.mean(${logits}, y)`
  );
}

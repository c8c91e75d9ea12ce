// Pictures as SVG text, drawn at the width that the page has, so that letters keep their size.

export function escape(text) {
  return String(text).replace(
    /[&<>"]/g,
    (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c],
  );
}

const r = (x) => Math.round(x * 10) / 10;

export function svg(width, height, label, ...parts) {
  return (
    `<svg class="drawing" role="group" aria-label="${escape(label)}" viewBox="0 0 ${r(width)} ${r(height)}" ` +
    `width="${r(width)}" height="${r(height)}">${parts.flat(9).join("")}</svg>`
  );
}

// A pair of axes: `box` in pixels, `x` and `y` the ranges; X and Y turn numbers into pixels.
export function axes({ box, x, y }) {
  const [left, top, right, bottom] = box;
  const X = (v) => left + ((v - x[0]) / (x[1] - x[0])) * (right - left);
  const Y = (v) => bottom - ((v - y[0]) / (y[1] - y[0])) * (bottom - top);
  return { box, x, y, X, Y, width: right - left, height: bottom - top };
}

export function grid(
  a,
  { xTicks = [], yTicks = [], xLabel = "", yLabel = "", format = String, yFormat = format },
) {
  const [left, top, right, bottom] = a.box;
  const lines = [
    ...yTicks.map((v) => rule(left, a.Y(v), right, a.Y(v), "grid")),
    ...xTicks.map((v) => rule(a.X(v), top, a.X(v), bottom, "grid")),
  ];
  return [
    `<g aria-hidden="true">`,
    lines,
    xTicks.map((v) => words(a.X(v), bottom + 16, format(v), "tick middle")),
    yTicks.map((v) => words(left - 7, a.Y(v) + 4, yFormat(v), "tick end")),
    xLabel && words((left + right) / 2, bottom + 34, xLabel, "axis middle"),
    yLabel && words(left, top - 8, yLabel, "axis"),
    `</g>`,
  ];
}

export function rule(x1, y1, x2, y2, kind) {
  return `<line class="${kind}" x1="${r(x1)}" y1="${r(y1)}" x2="${r(x2)}" y2="${r(y2)}"/>`;
}

export function words(x, y, text, kind = "") {
  return `<text class="${kind}" x="${r(x)}" y="${r(y)}">${escape(text)}</text>`;
}

export function rect(x, y, width, height, kind) {
  return `<rect class="${kind}" x="${r(x)}" y="${r(y)}" width="${r(Math.max(width, 0))}" height="${r(Math.max(height, 0))}"/>`;
}

export function dot(x, y, radius, kind) {
  return `<circle class="${kind}" cx="${r(x)}" cy="${r(y)}" r="${radius}"/>`;
}

// A curve through points, cut where a number is not finite or leaves the axes far behind.
export function curve(a, points, kind) {
  const [, top, , bottom] = a.box;
  const far = 2 * (bottom - top);
  let d = "";
  let pen = "M";
  for (const [u, v] of points) {
    const px = a.X(u);
    const py = a.Y(v);
    if (!Number.isFinite(py)) {
      pen = "M";
      continue;
    }
    d += `${pen}${r(px)} ${r(Math.max(top - far, Math.min(bottom + far, py)))}`;
    pen = "L";
  }
  return `<path class="${kind}" d="${d}"/>`;
}

export function samples(low, high, count, f) {
  return Array.from({ length: count + 1 }, (_, i) => {
    const u = low + ((high - low) * i) / count;
    return [u, f(u)];
  });
}

// Clips what is drawn to the axes.
export function clipped(a, id, ...parts) {
  const [left, top, right, bottom] = a.box;
  return [
    `<clipPath id="clip-${id}"><rect x="${r(left)}" y="${r(top - 3)}" width="${r(right - left)}" height="${r(bottom - top + 6)}"/></clipPath>`,
    `<g clip-path="url(#clip-${id})">`,
    parts,
    `</g>`,
  ];
}

// A part that can be dragged along one axis, and moved by the arrow keys: a slider for assistive technology.
export function handle(a, { id, along, value, min, max, step, label, text, x, y, shape }) {
  const range = along === "x" ? a.x : a.y;
  const [from, to] = along === "x" ? [a.box[0], a.box[2]] : [a.box[3], a.box[1]];
  const perPixel = (range[1] - range[0]) / (to - from);
  return (
    `<g class="handle ${along}" role="slider" tabindex="0" data-handle="${id}" data-min="${min}" data-max="${max}" ` +
    `data-step="${step}" data-along="${along}" data-from="${r(from)}" data-at="${range[0]}" data-per="${perPixel}" ` +
    `aria-label="${escape(label)}" aria-valuemin="${min}" aria-valuemax="${max}" aria-valuenow="${value}" ` +
    `aria-valuetext="${escape(text)}" aria-orientation="${along === "x" ? "horizontal" : "vertical"}">` +
    (shape ||
      `<circle class="reach" cx="${r(x)}" cy="${r(y)}" r="20"/><circle class="grip" cx="${r(x)}" cy="${r(y)}" r="8"/>`) +
    `</g>`
  );
}

// Names of the lines, laid out in HTML below a picture.
export function legend(items) {
  const list = items.map(
    ([kind, text]) =>
      `<li><svg aria-hidden="true" width="30" height="10" viewBox="0 0 30 10"><line class="${kind}" x1="1" y1="5" x2="29" y2="5"/></svg>${escape(text)}</li>`,
  );
  return `<ul class="legend">${list.join("")}</ul>`;
}

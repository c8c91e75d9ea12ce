// Two surfaces on a canvas, drawn from the farthest face to the nearest.

import { binaryCrossEntropy } from "./distributions.js";
import { t } from "./text.js";

const CELLS = 24;
const LOW = 0.01;
const HIGH = 0.99;
const TOP = 4.7;
const TALL = 0.85;

const at = (i) => LOW + ((HIGH - LOW) * i) / CELLS;
const ENTROPIES = heights(binaryCrossEntropy);
const SQUARES = heights((p, q) => (q - p) ** 2);

function heights(f) {
  return Array.from({ length: CELLS + 1 }, (_, i) =>
    Array.from({ length: CELLS + 1 }, (__, j) => f(at(i), at(j))),
  );
}

export function paintSurfaces(canvas, state, width) {
  const height = Math.round(Math.min(width * 0.82, 500));
  const sharp = devicePixelRatio || 1;
  canvas.width = width * sharp;
  canvas.height = height * sharp;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.scale(sharp, sharp);
  const project = projection(state, width, height);
  const colours = paletteOf(canvas);
  floor(pen, project, colours);
  faces(project, colours).forEach((face) => fillFace(pen, face));
  sliceLines(pen, project, colours, state.p);
  spot(pen, project(state.p, state.q, binaryCrossEntropy(state.p, state.q)), colours.ink);
  spot(pen, project(state.p, state.p, binaryCrossEntropy(state.p, state.p)), colours.accent);
}

// From truth, prediction and value to pixels and depth.
function projection({ turn, tilt }, width, height) {
  const [a, b] = [(turn * Math.PI) / 180, (tilt * Math.PI) / 180];
  const size = Math.min(width / 1.75, height / 1.55);
  return (p, q, value) => {
    const [u, v, h] = [p - 0.5, q - 0.5, (value / TOP) * TALL - 0.36];
    const x = u * Math.cos(a) - v * Math.sin(a);
    const depth = u * Math.sin(a) + v * Math.cos(a);
    return {
      x: width / 2 + x * size,
      y: height * 0.53 - (h * Math.cos(b) + depth * Math.sin(b)) * size,
      depth: depth * Math.cos(b) - h * Math.sin(b),
    };
  };
}

function faces(project, { accent, rival, paper }) {
  const all = [];
  for (const [grid, colour] of [
    [SQUARES, rival],
    [ENTROPIES, accent],
  ]) {
    const points = grid.map((line, i) => line.map((value, j) => project(at(i), at(j), value)));
    for (let i = 0; i < CELLS; i++) {
      for (let j = 0; j < CELLS; j++) {
        const corners = [points[i][j], points[i + 1][j], points[i + 1][j + 1], points[i][j + 1]];
        const high = Math.min(1, (grid[i][j] + grid[i + 1][j + 1]) / 2 / (grid === SQUARES ? 1.2 : TOP));
        all.push({
          corners,
          depth: corners.reduce((sum, c) => sum + c.depth, 0),
          fill: mixed(colour, paper, 0.4 + 0.5 * Math.sqrt(high)),
          edge: mixed(colour, paper, 0.9),
        });
      }
    }
  }
  return all.sort((a, b) => b.depth - a.depth);
}

function fillFace(pen, { corners, fill, edge }) {
  pen.beginPath();
  corners.forEach(({ x, y }) => pen.lineTo(x, y));
  pen.closePath();
  pen.fillStyle = fill;
  pen.fill();
  pen.strokeStyle = edge;
  pen.lineWidth = 0.4;
  pen.stroke();
}

function floor(pen, project, { muted, line }) {
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ].map(([p, q]) => project(p, q, 0));
  pen.strokeStyle = line;
  pen.lineWidth = 1;
  pen.beginPath();
  corners.forEach(({ x, y }) => pen.lineTo(x, y));
  pen.closePath();
  pen.stroke();
  pen.fillStyle = muted;
  pen.font = "12px system-ui, sans-serif";
  pen.textAlign = "center";
  const label = (text, p, q) => {
    const { x, y } = project(p, q, 0);
    pen.fillText(text, x, y + 5);
  };
  for (const v of [0, 0.5, 1]) {
    label(String(v), v, -0.07);
    label(String(v), -0.07, v);
  }
  label(t("surfaces.axis.p"), 0.25, -0.14);
  label(t("surfaces.axis.q"), -0.14, 0.25);
}

function sliceLines(pen, project, { ink }, p) {
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  for (const f of [(q) => binaryCrossEntropy(p, q), (q) => (q - p) ** 2]) {
    pen.beginPath();
    for (let j = 0; j <= 4 * CELLS; j++) {
      const q = LOW + ((HIGH - LOW) * j) / (4 * CELLS);
      const { x, y } = project(p, q, f(q));
      pen.lineTo(x, y);
    }
    pen.stroke();
  }
}

function spot(pen, { x, y }, colour) {
  pen.beginPath();
  pen.arc(x, y, 5, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = 1.5;
  pen.stroke();
}

function paletteOf(node) {
  const style = getComputedStyle(node);
  return Object.fromEntries(
    ["ink", "muted", "line", "accent", "rival", "paper"].map((name) => [
      name,
      style.getPropertyValue(`--${name}`).trim(),
    ]),
  );
}

// `share` of one colour, the rest of another; both as #rrggbb.
function mixed(colour, other, share) {
  const parts = [1, 3, 5].map((i) => [colour, other].map((text) => parseInt(text.slice(i, i + 2), 16)));
  return `rgb(${parts.map(([a, b]) => Math.round(a * share + b * (1 - share))).join(" ")})`;
}

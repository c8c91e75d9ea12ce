// Contour lines of a function of two variables over a pair of axes, by marching squares.

const CELLS = 44;
// Sides of a cell, as pairs of its corners, counted around.
const SIDES = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
];

export function contours(a, f, count, kind) {
  const at = (range, i) => range[0] + ((range[1] - range[0]) * i) / CELLS;
  const values = Array.from({ length: CELLS + 1 }, (_, i) =>
    Array.from({ length: CELLS + 1 }, (__, j) => f([at(a.x, i), at(a.y, j)])),
  );
  const [low, high] = [Math.min(...values.flat()), Math.max(...values.flat())];
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  let lines = "";
  for (let level = 1; level <= count; level++) {
    // Closer together near the minimum, where the surface is flat.
    const height = low + (high - low) * (level / (count + 1)) ** 2.5;
    let d = "";
    for (let i = 0; i < CELLS; i++) {
      for (let j = 0; j < CELLS; j++) {
        const heights = corners.map(([u, v]) => values[i + u][j + v] - height);
        const crossings = SIDES.filter(([s, e]) => heights[s] < 0 !== heights[e] < 0).map(([s, e]) => {
          const share = heights[s] / (heights[s] - heights[e]);
          const along = (axis) => corners[s][axis] + share * (corners[e][axis] - corners[s][axis]);
          return `${a.X(at(a.x, i + along(0))).toFixed(1)} ${a.Y(at(a.y, j + along(1))).toFixed(1)}`;
        });
        for (let k = 0; k + 1 < crossings.length; k += 2) d += `M${crossings[k]}L${crossings[k + 1]}`;
      }
    }
    lines += `<path class="${kind}" d="${d}"/>`;
  }
  return lines;
}

// Handles of pictures: dragged by a pointer, moved by keys. Both end in view.move(state, handle, value).

const KEYS = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  Home: -Infinity,
  End: Infinity,
};

export function listenToHandles(picture, moved, orbit) {
  let dragged = null;
  picture.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle || !(event.key in KEYS)) return;
    event.preventDefault();
    const { step } = limits(handle);
    move(handle, Number(handle.getAttribute("aria-valuenow")) + KEYS[event.key] * step, moved);
  });
  picture.addEventListener("pointerdown", (event) => {
    dragged = event.target.closest("[data-handle], [data-orbit]");
    if (!dragged) return;
    event.preventDefault();
    dragged.focus({ preventScroll: true });
    picture.setPointerCapture(event.pointerId);
    if (dragged.dataset.orbit === undefined) follow(dragged, event, moved);
  });
  picture.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    if (dragged.dataset.orbit !== undefined) orbit(event.movementX, event.movementY);
    else follow(dragged, event, moved);
  });
  for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, () => (dragged = null));
}

// Positions are taken in the units of the picture, which the page may have scaled.
function follow(handle, event, moved) {
  const drawing = handle.ownerSVGElement;
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  const { along, from, at, per } = handle.dataset;
  const pixel = along === "x" ? place.x : place.y;
  move(handle, Number(at) + (pixel - Number(from)) * Number(per), moved);
}

function move(handle, value, moved) {
  const { min, max, step } = limits(handle);
  const whole = Math.round(value / step) * step;
  const rounded = Number(Math.max(min, Math.min(max, whole)).toFixed(6));
  // The next key may come before the next frame, which draws the value of the state.
  handle.setAttribute("aria-valuenow", rounded);
  moved(handle.dataset.handle, rounded);
}

function limits(handle) {
  const { min, max, step } = handle.dataset;
  return { min: Number(min), max: Number(max), step: Number(step) };
}

// One view on the page: inputs, picture, table, sentence and line of code follow one state.

import { changeOf, controlsHtml, showControls } from "./controls.js";
import { listenToHandles } from "./dragging.js";
import { fragment, restored } from "./page_state.js";
import { escape } from "./picture.js";
import { fill } from "./same_nodes.js";
import { t } from "./text.js";

const ANNOUNCED_AFTER = 500;
// Browsers limit how often a page may change its address; a drag would change it with every pixel.
const ADDRESSED_AFTER = 150;
let announcement = 0;
let addressing = 0;

export function mount(view) {
  const root = document.getElementById(view.id);
  const part = (name) => root.querySelector(`.${name}`);
  const frame = { view, root, state: structuredClone(view.defaults), draw, set, setLanguage, address };
  let waiting = false;

  function draw() {
    waiting = false;
    const width = Math.max(280, Math.floor(part("picture").clientWidth));
    const shown = view.show(frame.state, width);
    showControls(root, view, frame.state);
    fill(part("picture"), shown.picture);
    fill(part("numbers"), tableHtml(shown));
    part("answer").textContent = shown.answer;
    part("code").textContent = shown.code;
    part("code").dataset.value = JSON.stringify(shown.value);
    view.paint?.(part("picture"), frame.state, width);
  }

  // Several inputs within a frame are drawn once.
  function set(changes) {
    Object.assign(frame.state, changes);
    clearTimeout(addressing);
    addressing = setTimeout(() => history.replaceState(null, "", address()), ADDRESSED_AFTER);
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
    clearTimeout(announcement);
    announcement = setTimeout(() => {
      document.getElementById("status").textContent = part("answer").textContent;
    }, ANNOUNCED_AFTER);
  }

  function address() {
    return fragment(view.id, frame.state, view.defaults);
  }

  function setLanguage() {
    part("controls").innerHTML = controlsHtml(view);
    draw();
  }

  frame.restore = (given) => {
    frame.state = valid(view, restored(view.defaults, given));
    draw();
  };
  listen(frame, part);
  return frame;
}

function listen(frame, part) {
  const { view, root, set } = frame;
  part("controls").addEventListener("input", (event) => {
    const change = changeOf(view, event.target, frame.state);
    if (change) set({ [change[0]]: change[1] });
  });
  part("controls").addEventListener("click", (event) => {
    if (event.target.matches("button")) view.play?.(frame);
  });
  root.querySelector(".reset").addEventListener("click", () => {
    set(structuredClone(view.defaults));
  });
  root.querySelector(".copy").addEventListener("click", async () => {
    const link = location.href.replace(/#.*|$/, frame.address());
    await navigator.clipboard?.writeText(link).catch(() => {});
    document.getElementById("status").textContent = t("page.copied");
  });
  listenToHandles(
    part("picture"),
    (handle, value) => set(view.move(frame.state, handle, value)),
    (dx, dy) => set(view.orbit(frame.state, dx, dy)),
  );
}

// Values that no input could have given become those of the defaults, or the nearest allowed.
function valid(view, state) {
  for (const one of view.controls) {
    if (one.kind === "range") state[one.name] = Math.max(one.min, Math.min(one.max, state[one.name]));
    if (one.kind === "choice" && !one.options.includes(state[one.name]))
      state[one.name] = view.defaults[one.name];
    if (one.kind === "flags") state[one.name] = state[one.name].map((flag) => (flag ? 1 : 0));
  }
  return view.allowed ? view.allowed(state) : state;
}

function tableHtml({ heads, rows, caption }) {
  const cells = (row, tag) =>
    row.map((cell, i) =>
      i
        ? `<${tag}${tag === "th" ? ' scope="col"' : ""}>${escape(cell)}</${tag}>`
        : `<th scope="${tag === "th" ? "col" : "row"}">${escape(cell)}</th>`,
    );
  return (
    `<caption>${escape(caption)}</caption><thead><tr>${cells(heads, "th").join("")}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${cells(row, "td").join("")}</tr>`).join("")}</tbody>`
  );
}

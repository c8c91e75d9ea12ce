// Native inputs of a view: sliders, choices, switches. Each is described by an entry of `view.controls`.

import { escape } from "./picture.js";
import { t } from "./text.js";

export function controlsHtml(view) {
  return view.controls.map((one) => MAKERS[one.kind](view.id, one)).join("");
}

// Sets every input to the state, and its output to the value in words.
export function showControls(root, view, state) {
  for (const one of view.controls) {
    if (one.only) root.querySelector(`#${view.id}-${one.name}`).closest(".control").hidden = !one.only(state);
    if (one.kind === "flags") {
      state[one.name].forEach((flag, i) => {
        root.querySelector(`#${view.id}-${one.name}-${i}`).checked = flag === 1;
      });
      continue;
    }
    const input = root.querySelector(`#${view.id}-${one.name}`);
    if (one.kind === "play") continue;
    if (input.value !== String(state[one.name])) input.value = state[one.name];
    if (one.kind === "range") {
      const said = one.show(state[one.name], state);
      root.querySelector(`#${view.id}-${one.name}-value`).textContent = said;
      input.setAttribute("aria-valuetext", said);
    }
  }
}

// The name and the value that an event of an input gives to the state; null if it is no input of the view.
export function changeOf(view, target, state) {
  const [, name, index] = target.id.split("-");
  const one = view.controls.find((each) => each.name === name);
  if (!one || one.kind === "play") return null;
  if (one.kind === "flags") {
    return [name, state[name].map((flag, i) => (i === Number(index) ? Number(target.checked) : flag))];
  }
  return [name, one.kind === "range" ? Number(target.value) : target.value];
}

const label = (id, one) => escape(t(`${id}.${one.name}`));

const MAKERS = {
  range: (id, one) =>
    `<div class="control"><label for="${id}-${one.name}">${label(id, one)}</label>` +
    `<output id="${id}-${one.name}-value" for="${id}-${one.name}"></output>` +
    `<input type="range" id="${id}-${one.name}" min="${one.min}" max="${one.max}" step="${one.step}"></div>`,
  choice: (id, one) =>
    `<div class="control choice"><label for="${id}-${one.name}">${label(id, one)}</label>` +
    `<select id="${id}-${one.name}">${one.options
      .map((value) => `<option value="${value}">${escape(t(`${id}.${one.name}.${value}`))}</option>`)
      .join("")}</select></div>`,
  flags: (id, one) =>
    `<fieldset class="control flags"><legend>${label(id, one)}</legend>${Array.from(
      { length: one.count },
      (_, i) =>
        `<label><input type="checkbox" id="${id}-${one.name}-${i}"> ${escape(t("page.nth", { n: i + 1 }))}</label>`,
    ).join("")}</fieldset>`,
  play: (id, one) =>
    `<div class="control"><button type="button" id="${id}-${one.name}">${label(id, one)}</button></div>`,
};

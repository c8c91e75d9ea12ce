// Starts the page: views, languages, and the state that the address names.

import { CALIBRATION } from "./calibration_view.js";
import { CODES_VIEW } from "./codes_view.js";
import { LIKELIHOOD } from "./likelihood_view.js";
import { MARGINS } from "./margins_view.js";
import { NUMBERS } from "./numbers_view.js";
import { RACE } from "./race_view.js";
import { SLOPES } from "./slopes_view.js";
import { SURFACES } from "./surfaces_view.js";
import { currentLanguage, preferredLanguage, setLanguage, t } from "./text.js";
import { VALLEYS } from "./valleys_view.js";
import { mount } from "./view_frame.js";
import { readFragment } from "./page_state.js";

const frames = [SLOPES, SURFACES, VALLEYS, RACE, CODES_VIEW, NUMBERS, CALIBRATION, MARGINS, LIKELIHOOD].map(
  mount,
);

function speak(code) {
  setLanguage(code);
  document.title = t("page.title");
  document.querySelectorAll("[data-language]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.language === currentLanguage()));
  });
  frames.forEach((frame) => frame.setLanguage());
}

function follow() {
  const { id, given } = readFragment(location.hash);
  const frame = frames.find((one) => one.view.id === id);
  if (!frame) return;
  frame.restore(given);
  frame.root.scrollIntoView();
}

document.querySelectorAll("[data-language]").forEach((button) => {
  button.addEventListener("click", () => speak(button.dataset.language));
});
addEventListener("hashchange", follow);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  frames.forEach((frame) => frame.draw());
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  frames.forEach((frame) => frame.draw()),
);

document.documentElement.classList.add("live");
speak(preferredLanguage());
follow();

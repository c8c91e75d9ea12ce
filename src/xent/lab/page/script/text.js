// Words in the chosen language, and numbers as people write them.

const CATALOGUES = JSON.parse(document.getElementById("catalogues").textContent);
const LANGUAGES = Object.keys(CATALOGUES);
const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

let language = LANGUAGES[0];

export function currentLanguage() {
  return language;
}

// The page's own language, unless the browser prefers another that the page has and the file fixes none.
export function preferredLanguage() {
  const page = document.documentElement;
  const own = page.lang.slice(0, 2);
  if (page.dataset.fixedLanguage !== undefined) return own;
  const wanted = (navigator.languages || [navigator.language]).map((code) => code.slice(0, 2));
  return wanted.find((code) => LANGUAGES.includes(code)) || own;
}

export function setLanguage(code) {
  language = LANGUAGES.includes(code) ? code : LANGUAGES[0];
  document.documentElement.lang = CATALOGUES[language]["page.code"];
  document.querySelectorAll("[data-t]").forEach((node) => {
    node.textContent = t(node.dataset.t);
  });
  document.querySelectorAll("[data-t-label]").forEach((node) => {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
  });
}

// The text of a key, with {name} replaced.
export function t(key, values = {}) {
  const text = CATALOGUES[language][key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    if (values[name] === undefined) throw new Error(`no value of ${name} for ${key}`);
    return values[name];
  });
}

// Significant digits, a power of ten where the number is very small or large.
export function number(x, digits = 3) {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : `${MINUS}∞`;
  if (x === 0) return "0";
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power > -4 && power < 6) return signed(x.toFixed(Math.max(0, digits - 1 - power)));
  const plain = mantissa.replace(/\.?0+$/, "");
  const raised = `10${superscript(power)}`;
  return signed(plain === "1" ? raised : `${plain}×${raised}`);
}

// A fixed number of decimals, for settings.
export function fixed(x, decimals) {
  return signed(x.toFixed(decimals));
}

// Without trailing zeros, for ticks and settings.
export function short(x) {
  return signed(String(Number(x.toPrecision(6))));
}

export function percent(share, decimals = 1) {
  return `${(100 * share).toFixed(decimals)}\u00a0%`;
}

export function superscript(power) {
  return String(power)
    .replace("-", "⁻")
    .replace(/\d/g, (digit) => SUPERSCRIPTS[digit]);
}

// A number for a line of Python, with a point.
export function python(x) {
  if (!Number.isFinite(x)) return `float("${x > 0 ? "inf" : "-inf"}")`;
  return Number.isInteger(x) && Math.abs(x) < 1e15 ? `${x}.0` : String(x);
}

function signed(text) {
  return text.replace("-", MINUS);
}

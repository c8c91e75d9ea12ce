// State of a view in the fragment of the address: #slopes?z=-6&y=1. Only what differs from the defaults.

export function readFragment(fragment) {
  const [id, query = ""] = fragment.replace(/^#/, "").split("?");
  return { id, given: Object.fromEntries(new URLSearchParams(query)) };
}

// The defaults with the values of the fragment; text that is no such value is ignored.
export function restored(defaults, given) {
  const state = structuredClone(defaults);
  for (const [name, text] of Object.entries(given)) {
    if (name in defaults) state[name] = parsed(text, defaults[name]);
  }
  return state;
}

export function fragment(id, state, defaults) {
  const query = Object.keys(defaults)
    .filter((name) => written(state[name]) !== written(defaults[name]))
    .map((name) => `${name}=${written(state[name])}`);
  return `#${id}${query.length ? `?${query.join("&")}` : ""}`;
}

function parsed(text, example) {
  if (Array.isArray(example)) {
    const numbers = text.split(",").map(Number);
    return numbers.length === example.length && numbers.every(Number.isFinite) ? numbers : [...example];
  }
  if (typeof example === "number")
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : example;
  return text;
}

function written(value) {
  return Array.isArray(value) ? value.join(",") : String(value);
}

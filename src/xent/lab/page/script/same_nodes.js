// Makes the children of a node those of a text of HTML, keeping nodes that are already there: a handle that
// has the focus, or is being dragged, stays the same node.

export function fill(node, html) {
  const wanted = document.createElement("template");
  if (node instanceof SVGElement) {
    wanted.innerHTML = `<svg>${html}</svg>`;
    match(node, wanted.content.firstChild);
  } else {
    wanted.innerHTML = html;
    match(node, wanted.content);
  }
}

function match(node, wanted) {
  const present = [...node.childNodes];
  const next = [...wanted.childNodes];
  next.forEach((child, i) => {
    const old = present[i];
    if (!old) node.append(document.importNode(child, true));
    else if (!alike(old, child)) old.replaceWith(document.importNode(child, true));
    else if (child.nodeType === Node.TEXT_NODE) {
      if (old.data !== child.data) old.data = child.data;
    } else {
      copyAttributes(old, child);
      if (old.localName !== "canvas") match(old, child);
    }
  });
  present.slice(next.length).forEach((old) => old.remove());
}

function alike(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && a.dataset?.handle === b.dataset?.handle;
}

function copyAttributes(node, wanted) {
  for (const { name, value } of wanted.attributes) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  for (const { name } of [...node.attributes]) {
    if (!wanted.hasAttribute(name) && !(node.localName === "canvas" && name === "style"))
      node.removeAttribute(name);
  }
}

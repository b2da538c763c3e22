// What the other files share: the composed tree, in which open shadow roots belong to the page.

/** The node above `node`, through the roots of open shadow trees; null above the document. */
function parentAcrossShadow(node) {
  if (node.assignedSlot) return node.assignedSlot;
  return node.parentNode ?? (node instanceof ShadowRoot ? node.host : null);
}

function isOrContains(ancestor, node) {
  for (let at = node; at; at = parentAcrossShadow(at)) {
    if (at === ancestor) return true;
  }
  return false;
}

/** The element that is in front at that point of the viewport, inside of shadow roots too. */
function topmostAt(x, y) {
  let found = document.elementFromPoint(x, y);
  while (found?.shadowRoot) {
    const inner = found.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === found) break;
    found = inner;
  }
  return found;
}

/** How errors name an element: `<button id="buy" class="big">`. Never values: they may be secrets. */
function nameOf(element) {
  let text = `<${element.localName}`;
  for (const name of ['id', 'class', 'type', 'role']) {
    const value = element.getAttribute(name);
    if (value) text += ` ${name}="${value.slice(0, 40)}"`;
  }
  return `${text}>`;
}

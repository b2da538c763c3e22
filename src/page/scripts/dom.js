// What the other files share: the composed tree, in which open shadow roots belong to the page.

// Controls named "parentNode" or "getAttribute" hide these members of their form, and elements named "body" those of the
// document, in an isolated world as well. The methods and getters of the prototypes cannot be hidden.
const safeMethod = (prototype, name) => Function.prototype.call.bind(prototype[name]);
const safeGetter = (prototype, name) =>
  Function.prototype.call.bind(Object.getOwnPropertyDescriptor(prototype, name).get);
const safeSetter = (prototype, name) =>
  Function.prototype.call.bind(Object.getOwnPropertyDescriptor(prototype, name).set);

const parentNodeOf = safeGetter(Node.prototype, 'parentNode');
const assignedSlotOf = safeGetter(Element.prototype, 'assignedSlot');
const containsNode = safeMethod(Node.prototype, 'contains');
const ownerDocumentOf = safeGetter(Node.prototype, 'ownerDocument');
const bodyOf = safeGetter(Document.prototype, 'body');
const windowOf = safeGetter(Document.prototype, 'defaultView');
const documentElementOf = safeGetter(Document.prototype, 'documentElement');
const makeRange = safeMethod(Document.prototype, 'createRange');
const checkVisibility = safeMethod(Element.prototype, 'checkVisibility');

/** The node above `node`, through the roots of open shadow trees; null above the document. */
function parentAcrossShadow(node) {
  const slot = node instanceof Element ? assignedSlotOf(node) : null;
  return slot ?? parentNodeOf(node) ?? (node instanceof ShadowRoot ? node.host : null);
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

// Reading a hostile document: the tree that is drawn (open shadow roots with their slots filled, frames of the same
// origin), and what of it a person sees. Nothing here writes to the page.
//
// Form controls named "childNodes" or "getAttribute" hide these members of their form, and images named "body" that of
// the document, in isolated worlds as well. The prototypes' own members cannot be hidden, and they take nodes of other
// frames, too, whose `instanceof Element` is false here.

const kFlatTextless = new Set(['script', 'style', 'template', 'noscript', 'head', 'textarea', 'select', 'iframe', 'frame']);
const kFlatMaxElements = 200_000;  // of one walk; the rest is left out and said to be `truncated`

const flat = (() => {
  const getter = (prototype, name) => {
    const get = Object.getOwnPropertyDescriptor(prototype, name).get;
    return (object) => get.call(object);
  };
  const method = (prototype, name) => {
    const call = prototype[name];
    return (object, ...values) => call.call(object, ...values);
  };
  return {
    nodeType: getter(Node.prototype, 'nodeType'),
    childNodes: getter(Node.prototype, 'childNodes'),
    parentNode: getter(Node.prototype, 'parentNode'),
    rootOf: method(Node.prototype, 'getRootNode'),
    textContent: getter(Node.prototype, 'textContent'),
    baseUri: getter(Node.prototype, 'baseURI'),
    data: getter(CharacterData.prototype, 'data'),
    localName: getter(Element.prototype, 'localName'),
    namespace: getter(Element.prototype, 'namespaceURI'),
    shadowRoot: getter(Element.prototype, 'shadowRoot'),
    attribute: method(Element.prototype, 'getAttribute'),
    hasAttribute: method(Element.prototype, 'hasAttribute'),
    children: getter(Element.prototype, 'children'),
    find: method(Element.prototype, 'querySelector'),
    matches: method(Element.prototype, 'matches'),
    checkVisibility: method(Element.prototype, 'checkVisibility'),
    box: method(Element.prototype, 'getBoundingClientRect'),
    assignedNodes: method(HTMLSlotElement.prototype, 'assignedNodes'),
    innerText: getter(HTMLElement.prototype, 'innerText'),
    inputType: getter(HTMLInputElement.prototype, 'type'),
    inputValue: getter(HTMLInputElement.prototype, 'value'),
    inputChecked: getter(HTMLInputElement.prototype, 'checked'),
    currentSrc: getter(HTMLImageElement.prototype, 'currentSrc'),
    naturalWidth: getter(HTMLImageElement.prototype, 'naturalWidth'),
    naturalHeight: getter(HTMLImageElement.prototype, 'naturalHeight'),
    tableRows: getter(HTMLTableElement.prototype, 'rows'),
    tableCaption: getter(HTMLTableElement.prototype, 'caption'),
    rowCells: getter(HTMLTableRowElement.prototype, 'cells'),
    iframeDocument: getter(HTMLIFrameElement.prototype, 'contentDocument'),
    frameDocument: getter(HTMLFrameElement.prototype, 'contentDocument'),
    body: getter(Document.prototype, 'body'),
    documentElement: getter(Document.prototype, 'documentElement'),
    title: getter(Document.prototype, 'title'),
    url: getter(Document.prototype, 'URL'),
    implementation: getter(Document.prototype, 'implementation'),
    findAll: method(Document.prototype, 'querySelectorAll'),
  };
})();

const kHtmlNamespace = 'http://www.w3.org/1999/xhtml';

/** "div" for HTML, "svg:text" or "math:mi" for what is not: such elements lack the members of HTML ones. */
function flatTag(element) {
  const namespace = flat.namespace(element);
  const name = flat.localName(element);
  return namespace === kHtmlNamespace ? name : `${namespace?.endsWith('svg') ? 'svg' : 'math'}:${name}`;
}

/** What is drawn below `node`: of a shadow host its shadow tree, of a slot what it was given, of a frame its body. */
function flatChildren(node, tag = flatTag(node)) {
  const shadow = flat.shadowRoot(node);
  if (shadow) return flat.childNodes(shadow);
  if (tag === 'slot') {
    const assigned = flat.assignedNodes(node);
    if (assigned.length) return assigned;
  }
  if (tag === 'iframe' || tag === 'frame') {
    const inner = (tag === 'iframe' ? flat.iframeDocument : flat.frameDocument)(node);  // null across origins
    const body = inner && flat.body(inner);
    return body ? [body] : [];
  }
  return flat.childNodes(node);
}

/**
 * 'shown'; 'boxless': draws nothing itself but its text and children (display: contents); 'unseen': its text is not to
 * be seen, descendants may be (visibility: hidden); 'hidden' with everything in it.
 */
function flatVisibility(element) {
  if (sight.of(element).gone) return 'hidden';
  if (flat.checkVisibility(element, {visibilityProperty: true})) return 'shown';
  if (flat.checkVisibility(element)) return 'unseen';
  const style = getComputedStyle(element);
  if (style.display !== 'contents') return 'hidden';
  return style.visibility === 'visible' ? 'boxless' : 'unseen';
}

/** All elements of the flat tree in document order, at most `kFlatMaxElements`. No recursion: any depth will do. */
function* flatElements(root, {visible = true, frames = true} = {}) {
  const stack = [root];
  for (let count = 0; stack.length && count < kFlatMaxElements; ++count) {
    const element = stack.pop();
    const tag = flatTag(element);
    const visibility = visible ? flatVisibility(element) : 'shown';
    if (visibility === 'hidden') continue;
    if (visibility === 'shown') yield element;
    if (!frames && (tag === 'iframe' || tag === 'frame')) continue;
    const children = flatChildren(element, tag);
    for (let i = children.length - 1; i >= 0; --i) {
      if (flat.nodeType(children[i]) === Node.ELEMENT_NODE) stack.push(children[i]);
    }
  }
}

/** The text of an element as innerText has it, without what nobody sees. */
function flatSeenText(element) {
  if (flatVisibility(element) === 'hidden') return '';
  let whole = true;
  let text = '';
  const stack = [[element, null]];
  for (let count = 0; stack.length && count < kFlatMaxElements; ++count) {
    const [node, parent] = stack.pop();
    if (nodeTypeOf(node) === Node.TEXT_NODE) {
      if (!/\S/.test(dataOf(node))) continue;
      const seen = sight.textOf(node, parent);
      if (seen !== dataOf(node)) whole = false;
      text += ` ${seen}`;
    } else if (nodeTypeOf(node) === Node.ELEMENT_NODE) {
      const tag = flatTag(node);
      if (kFlatTextless.has(tag)) continue;
      if (node !== element && flatVisibility(node) === 'hidden') {
        if (flat.checkVisibility(node)) whole = false;  // innerText would have it
        continue;
      }
      const children = flatChildren(node, tag);
      for (let i = children.length - 1; i >= 0; --i) stack.push([children[i], node]);
    }
  }
  const html = !flatTag(element).includes(':');
  return whole && html && text && !flat.shadowRoot(element) ? flat.innerText(element) : flatSqueeze(text);
}

function flatSqueeze(text) {
  return seenCharacters(text).replace(/\s+/g, ' ').trim();
}

/** One line of at most `limit` characters. */
function flatLine(text, limit) {
  const line = flatSqueeze((text ?? '').slice(0, 10 * limit));
  return line.length <= limit ? line : `${line.slice(0, limit - 1).trimEnd()}…`;
}

/** What a label or an image says about an element that has no text. */
function flatLabel(element) {
  const image = flat.find(element, 'img[alt]:not([alt=""]), [role=img][aria-label], svg > title');
  const spoken = image && (flat.attribute(image, 'alt') ?? flat.attribute(image, 'aria-label') ?? flat.textContent(image));
  return flatLine(flat.attribute(element, 'aria-label') || flat.attribute(element, 'title') || spoken, 200);
}

/** `value` as an absolute URL; null where it is none. */
function flatUrl(element, value) {
  if (!value?.trim()) return null;
  try {
    return new URL(value.trim(), flat.baseUri(element)).href;
  } catch {
    return null;
  }
}

/** Where an image comes from; lazy ones have it in other attributes and a dot in `src`. */
function flatImageUrl(image) {
  const attributes = [flat.currentSrc(image), ...['src', 'data-src', 'data-lazy-src', 'data-original'].map(
      (name) => flat.attribute(image, name))];
  const urls = attributes.map((value) => flatUrl(image, value));
  return urls.find((url) => url && !url.startsWith('data:')) ?? urls.find(Boolean) ?? null;
}

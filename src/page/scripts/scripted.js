// Controls that a page makes by script, or out of what HTML has no word for: elements that listen to the mouse or show
// its hand, editors, and the areas of image maps.

const designModeOf = safeGetter(Document.prototype, 'designMode');

const shadowChildrenOf = safeGetter(DocumentFragment.prototype, 'children');
const textContentOf = safeGetter(Node.prototype, 'textContent');

const kEditingHost = '[contenteditable]:not([contenteditable="false" i])';
const kListItems = new Set(['li', 'tr', 'dd', 'dt', 'tbody', 'div', 'article', 'section', 'ul', 'ol', 'table', 'form']);
const kListedItems = new Set(['li', 'tr', 'dd', 'dt', 'tbody']);
const kOwnControls = 'a[href],button,input,select,textarea,summary';
const kTextParts = new Set(['p', 'br', 'wbr', 'source', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const kManyParts = 3;   // of one kind, and other than text: things that an element listens for
const kWrappers = 5;    // around a list
const kSignSize = 64;   // px
const kContainerShare = 0.5;  // of the viewport: what is larger holds controls rather than being one

// Nodes by the numbers that DevTools has for them, which are theirs for good; null for those that are out of our reach.
const nodesByNumber = new Map();

/** Which of these numbers we have no node for. Forgets all others: their nodes listen no more, or are gone. */
function unknownNodes(numbers) {
  const wanted = new Set(numbers);
  for (const number of nodesByNumber.keys()) if (!wanted.has(number)) nodesByNumber.delete(number);
  return numbers.filter((number) => nodesByNumber.get(number)?.deref() === undefined && nodesByNumber.get(number) !== null);
}

/** The nodes of `numbers`, after being told that `nodes` are those of `fresh`. */
function nodesOf(numbers, fresh, ...nodes) {
  fresh.forEach((number, i) => nodesByNumber.set(number, nodes[i] && new WeakRef(nodes[i])));
  return numbers.map((number) => nodesByNumber.get(number)?.deref()).filter(Boolean);
}

/** An element in which a person can write, as a whole: not what is inside of it. */
function isEditingHost(element, tag) {
  if (matchesSelector(element, kEditingHost)) return true;
  return tag === 'body' && designModeOf(ownerDocumentOf(element)) === 'on';
}

/** The first of its children, or of those in its shadow tree. */
function partsOf(element) {
  const shadow = shadowRootOf(element);
  return [...(shadow ? shadowChildrenOf(shadow) : flat.children(element))].slice(0, 100);
}

/**
 * What of a page is a control because of a script. `listening`: the elements that listen to the mouse themselves, which
 * only DevTools can tell. Frameworks listen on behalf of whole trees, whose root is no control: neither is what holds
 * controls or a list of things, or fills the viewport.
 */
class ScriptedControls {
  constructor(listening) {
    this.listening = new Set(listening.filter((node) => nodeTypeOf(node) === Node.ELEMENT_NODE));
    this.drawings = new Set();  // <svg> with something in it that listens
    this.pointers = new Map();  // by element: whether the cursor over it is a hand
    this.containers = new Set();
    this.editors = new Map();  // by document
    for (const element of this.listening) {
      for (let at = element; at && namespaceOf(at) !== kXhtml; at = parentInFlatTree(at)) {
        if (nodeTypeOf(at) !== Node.ELEMENT_NODE) break;
        if (tagOf(at) === 'svg') this.drawings.add(at);
      }
    }
  }

  /** Whether it draws a text that is typed into something else. */
  isEditor(element) {
    if (this.listening.size === 0) return false;
    const document = ownerDocumentOf(element);
    let editors = this.editors.get(document);
    if (!editors) this.editors.set(document, editors = new Set(drawnEditorsIn(document, [...this.listening])));
    return editors.has(element);
  }

  has(element, tag, view) {
    const listens = this.listening.has(element);
    if (!listens && !this.showsHand(element)) return false;
    if (tag === 'body' || tag === 'html' || !(listens || this.beginsHand(element))) return false;
    if (!this.isContainer(element, view)) return true;
    this.containers.add(element);
    return false;
  }

  showsHand(element) {
    let hand = this.pointers.get(element);
    if (hand === undefined) this.pointers.set(element, hand = getComputedStyle(element).cursor === 'pointer');
    return hand;
  }

  /** The cursor is inherited: the outermost element that has it is meant, or what is in a container. */
  beginsHand(element) {
    let above = parentInFlatTree(element);
    if (above && nodeTypeOf(above) === Node.DOCUMENT_FRAGMENT_NODE) above = parentInFlatTree(above);
    if (!above || nodeTypeOf(above) !== Node.ELEMENT_NODE) return true;
    return !this.showsHand(above) || this.containers.has(above) || tagOf(above) === 'body';
  }

  /** Whether it is there for what is in it: controls, or a list of things. */
  isContainer(element, view) {
    let inside = partsOf(element);
    if (!inside.length) return false;
    const box = boxOf(element);
    if (box.width * box.height > kContainerShare * view.width * view.height) return true;
    const hand = this.showsHand(element);
    if (!hand && flat.find(element, kOwnControls) !== null) return true;
    // The list may be in a wrapper.
    for (let level = 0; !hand && inside.length === 1 && level < kWrappers; ++level) {
      if (namespaceOf(inside[0]) !== kXhtml) break;
      const inner = partsOf(inside[0]);
      if (!inner.length) break;
      inside = inner;
    }
    // Bars that a small element draws, as of a menu's sign, are no things.
    const small = box.width <= kSignSize && box.height <= kSignSize;
    const counts = new Map();
    for (const child of inside) {
      if (small && !/\S/.test(textContentOf(child)) && !flat.find(child, kPictures)) continue;
      counts.set(tagOf(child), (counts.get(tagOf(child)) ?? 0) + 1);
    }
    const items = hand ? kListedItems : kListItems;
    const many = hand || namespaceOf(element) !== kXhtml ? Infinity : kManyParts;
    return [...counts].some(([tag, count]) => count >= (items.has(tag) ? 2 : kTextParts.has(tag) ? Infinity : many));
  }

  /** Whether something in that <svg> can be acted on. */
  hasDrawing(svg) {
    return this.drawings.has(svg) || flat.find(svg, 'a,[role],[tabindex],[onclick]') !== null;
  }
}

/** The image whose map an <area> is a part of, and the area's shape in it: {image, box, x, y}, or null. */
function areaPlace(area) {
  let map = parentNodeOf(area);
  while (map && nodeTypeOf(map) === Node.ELEMENT_NODE && tagOf(map) !== 'map') map = parentNodeOf(map);
  if (!map || nodeTypeOf(map) !== Node.ELEMENT_NODE) return null;
  const name = attributeOf(map, 'name');
  if (!name) return null;
  const image = flat.findAll(ownerDocumentOf(area), `img[usemap="#${CSS.escape(name)}"]`)[0];
  if (!image) return null;
  const outer = boxOf(image);
  const style = getComputedStyle(image);
  const left = outer.left + clientLeftOf(image) + Number.parseFloat(style.paddingLeft);
  const top = outer.top + clientTopOf(image) + Number.parseFloat(style.paddingTop);
  const numbers = (attributeOf(area, 'coords') ?? '').split(/[\s,;]+/).map(Number.parseFloat).filter(Number.isFinite);
  const shape = (attributeOf(area, 'shape') ?? 'rect').toLowerCase();
  if (shape.startsWith('circ') && numbers.length >= 3) {
    const [x, y, radius] = numbers;
    return {image, x: left + x, y: top + y, box: new DOMRect(left + x - radius, top + y - radius, 2 * radius, 2 * radius)};
  }
  if (shape === 'default' || numbers.length < 4) return {image, box: outer, x: outer.left + 2, y: outer.top + 2};
  const xs = numbers.filter((_, i) => i % 2 === 0);
  const ys = numbers.filter((_, i) => i % 2 === 1);
  const [from, to] = [[Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]];
  const box = new DOMRect(left + from[0], top + from[1], to[0] - from[0], to[1] - from[1]);
  if (!shape.startsWith('poly')) return {image, box, x: box.x + box.width / 2, y: box.y + box.height / 2};
  return {image, box, ...pointInside(xs.map((x, i) => ({x: left + x, y: top + (ys[i] ?? 0)})), box)};
}

function isAreaSeen(area) {
  const place = areaPlace(area);
  return place !== null && sight.seesElement(place.image);
}

/** A point of a polygon, as far from its sides as a coarse look finds one. */
function pointInside(points, box) {
  const path = new Path2D();
  for (const {x, y} of points) path.lineTo(x, y);
  path.closePath();
  const middle = {x: box.x + box.width / 2, y: box.y + box.height / 2};
  let best = middle;
  let most = -Infinity;
  for (let column = 1; column < 12; ++column) {
    for (let row = 1; row < 12; ++row) {
      const x = box.x + box.width * column / 12;
      const y = box.y + box.height * row / 12;
      if (!shapeCanvas().isPointInPath(path, x, y)) continue;
      const sides = [[-4, 0], [4, 0], [0, -4], [0, 4]];
      const room = sides.filter(([dx, dy]) => shapeCanvas().isPointInPath(path, x + dx, y + dy)).length;
      const worth = room * 1e6 - Math.hypot(x - middle.x, y - middle.y);
      if (worth > most) [best, most] = [{x, y}, worth];
    }
  }
  return best;
}

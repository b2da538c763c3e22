// What a person could see and use in the viewport now, as a flat list in the order of the DOM. An open shadow root
// stands for its host's children, which come where a slot shows them: so the words in a component's button are that
// button's, what fills a component's dialog is in that dialog, and nothing comes twice. Documents of the same origin
// stand in place of their <iframe>.
//
// It only reads, and so costs at most one layout; and it is iterative and bounded, because the page is not trusted.

// At each of them the walk ends, and the answer is `truncated`.
const kNodeLimit = 20_000;            // nodes in an answer
const kAnswerCharacters = 4_000_000;  // of all its texts together
const kVisitLimit = 500_000;          // DOM nodes that are looked at
const kTimeLimitMs = 5000;            // hit tests are as slow as the page makes them: 1 ms with 500 layers, no end to it

const kSpokenLimit = 100;             // characters of a name that only screen readers get

const kTransparentControls = 'select,input:is([type="checkbox" i],[type="radio" i],[type="file" i],[type="range" i])';
const kPictures = 'img,svg,canvas,video,picture,object,embed,input,button,select,textarea,progress,meter';
const kSkippedTags = new Set(['script', 'style', 'link', 'meta']);
const kCandidates = `${kInteractive},dialog,[role~="dialog" i],[role~="alertdialog" i]`;
const kClosedDetails = 'details:not([open])';
const kWholeFrame = {x: 0, y: 0, scaleX: 1, scaleY: 1};

const nextSiblingOf = safeGetter(Node.prototype, 'nextSibling');
const isConnected = safeGetter(Node.prototype, 'isConnected');
const hostOf = safeGetter(ShadowRoot.prototype, 'host');
const titleOf = safeGetter(Document.prototype, 'title');
const contentDocumentByTag = new Map([
  ['iframe', safeGetter(HTMLIFrameElement.prototype, 'contentDocument')],
  ['frame', safeGetter(HTMLFrameElement.prototype, 'contentDocument')],
]);
const elementAt = new Map([
  [Node.DOCUMENT_NODE, safeMethod(Document.prototype, 'elementFromPoint')],
  [Node.DOCUMENT_FRAGMENT_NODE, safeMethod(ShadowRoot.prototype, 'elementFromPoint')],
]);
const elementsAt = safeMethod(ShadowRoot.prototype, 'elementsFromPoint');

// The elements that the newest answer refers to. They are held, so that a ref means the same element until the next one.
let observed = {round: undefined, elements: []};

/**
 * What the viewport of this frame shows. Fields that would be false, null or empty are absent:
 *   {title, url, viewport, dialogs: [{role, name}], nodes, truncated?: true}
 * nodes, in document order:
 *   {kind, ref, role, name, tag, description, line?, editable?: true, input?, options?, dialog?, bbox}
 *       an element to act on; `line` is absent when it is the description; `dialog` is an index into `dialogs`
 *   {text, dialog?}
 *   {frame, dialog?, bbox}
 *       a document of another origin; `frame` is the ref of its <iframe>, `bbox` where the document itself lies
 * bbox is {x, y, width, height} in CSS pixels of this frame's viewport.
 */
function observe(round, ...listening) {
  observed = {round, elements: []};
  lookAnew({viewport: true});
  return new Observation(observed.elements, new ScriptedControls(nodesOf(...listening))).run();
}

/** The element that `ref` of that round named, or why there is none: 'stale' or 'detached'. */
function observedElement(round, ref) {
  const element = round === observed.round ? observed.elements[ref] : undefined;
  if (!element) return 'stale';
  // In a frame that is gone, elements are still connected to their document; but it has no window.
  return isConnected(element) && windowOf(ownerDocumentOf(element)) ? element : 'detached';
}

/** The viewport's numbers, whole as clients know them. */
function viewportNumbers() {
  const root = documentElementOf(document);
  return {
    scroll_x: Math.round(scrollX), scroll_y: Math.round(scrollY),
    viewport_width: innerWidth, viewport_height: innerHeight,
    total_width: root ? scrollWidthOf(root) : innerWidth, total_height: root ? scrollHeightOf(root) : innerHeight,
  };
}

/** Has a box, and neither `visibility` nor a closed ancestor hides it. */
function isShownElement(element) {
  if (!checkVisibility(element, {visibilityProperty: true})) return false;
  if (namespaceOf(element) === kXhtml) return offsetWidthOf(element) > 0 && offsetHeightOf(element) > 0;
  const box = boxOf(element);
  return box.width > 0 && box.height > 0;
}

/** Whether the element, or what it contains or shows in its slots, is in front at that point of its tree. */
function isInFront(element, root, x, y) {
  const hit = elementAt.get(nodeTypeOf(root))(root, x, y);
  if (!hit) return false;
  if (containsNode(element, hit)) return true;
  // What a slot shows belongs to an outer tree, and comes into this one only through the slot.
  if (nodeTypeOf(root) === Node.DOCUMENT_NODE) return false;
  if (!isHostAround(hit, root)) return containsInFlatTree(element, hit);
  // Words in a slot are reported as a hit on the host that they are written in; what shows them comes next.
  const behind = elementsAt(root, x, y).find((other) => !isHostAround(other, root));
  return behind !== undefined && containsInFlatTree(element, behind);
}

function isHostAround(element, root) {
  for (let at = root; nodeTypeOf(at) === Node.DOCUMENT_FRAGMENT_NODE; at = rootOf(hostOf(at))) {
    if (hostOf(at) === element) return true;
  }
  return false;
}

function containsInFlatTree(element, node) {
  for (let at = node; at; at = parentInFlatTree(at)) {
    if (at === element) return true;
  }
  return false;
}

function parentInFlatTree(node) {
  const type = nodeTypeOf(node);
  if (type === Node.DOCUMENT_FRAGMENT_NODE) return hostOf(node);
  return (type === Node.ELEMENT_NODE && assignedSlotOf(node)) || parentNodeOf(node);
}

/** Whether text in that element can be seen. One without a box, as slots are, leaves that to the element around it. */
function showsText(element) {
  for (let at = element; at && nodeTypeOf(at) !== Node.DOCUMENT_NODE; at = parentInFlatTree(at)) {
    if (nodeTypeOf(at) === Node.DOCUMENT_FRAGMENT_NODE) continue;
    // What a closed <details> hides is in a slot of its own, which no script sees.
    const shown = checkVisibility(at, {visibilityProperty: true});
    if (shown) return !matchesSelector(at, kClosedDetails);
    const style = getComputedStyle(at);
    if (style.display !== 'contents' || style.visibility !== 'visible') return false;
  }
  return false;
}

/** Whether an element shows something besides words: itself, in it, or as its background. */
function hasPicture(element) {
  if (matchesSelector(element, `${kPictures},[contenteditable]:not([contenteditable="false" i])`)) return true;
  if (flat.find(element, kPictures)) return true;
  return [element, ...flat.children(element)].slice(0, 10).some((part, place) => isPainted(part, place === 0));
}

/** Whether a box shows a background or something before or after its content; a frame only where that is asked. */
function isPainted(element, framed) {
  const style = getComputedStyle(element);
  if (framed && ['Top', 'Left'].some((side) => Number.parseFloat(style[`border${side}Width`]) > 0)) return true;
  const ground = style.backgroundImage !== 'none' || parseColour(style.backgroundColor)[3] > 0;
  if (ground && (framed || isShownElement(element))) return true;
  return ['::before', '::after'].some((pseudo) =>
    !/^(none|normal|"\s*")$/.test(getComputedStyle(element, pseudo).content));
}

/** How a document's viewport lies in that of this frame, and whether it is an <iframe>'s, in whichever process. */
const viewOf = (window, {x, y, scaleX, scaleY}) =>
    ({x, y, scaleX, scaleY, width: window.innerWidth, height: window.innerHeight, nested: window !== window.top});

/** Where the document of `iframe`, whose border box is `box`, lies in the viewport of this frame. */
function contentBoxOf(iframe, box, outer) {
  const style = getComputedStyle(iframe);
  const [left, top, right, bottom] =
      ['Left', 'Top', 'Right', 'Bottom'].map((side) => parseFloat(style[`padding${side}`]));
  const scaleX = outer.scaleX * box.width / offsetWidthOf(iframe);
  const scaleY = outer.scaleY * box.height / offsetHeightOf(iframe);
  return {
    x: outer.x + outer.scaleX * box.x + scaleX * (clientLeftOf(iframe) + left),
    y: outer.y + outer.scaleY * box.y + scaleY * (clientTopOf(iframe) + top),
    width: scaleX * (clientWidthOf(iframe) - left - right), height: scaleY * (clientHeightOf(iframe) - top - bottom),
    scaleX, scaleY,
  };
}

const hundredths = (pixels) => Math.round(pixels * 100) / 100;
const rounded = ({x, y, width, height}) =>
    ({x: hundredths(x), y: hundredths(y), width: hundredths(width), height: hundredths(height)});
const bboxOf = (box, view) => rounded({
  x: view.x + view.scaleX * box.x, y: view.y + view.scaleY * box.y,
  width: view.scaleX * box.width, height: view.scaleY * box.height,
});

function takeNext(level) {
  if (level.slotted) return level.slotted.next().value;
  const node = level.next;
  if (node) level.next = nextSiblingOf(node);
  return node;
}

/**
 * One walk. Its stack is a list of levels {up, place, parent, next, slotted?, closes?}: `next` is the child of `parent`
 * to visit, or `slotted` iterates over what `parent`, a slot, shows; `closes` is the listed element that ends with the
 * level. A place {view, owner?, dialog?} says what is around a level: its viewport, the innermost listed element and the
 * outermost dialog.
 */
class Observation {
  constructor(elements, scripted) {
    this.elements = elements;
    this.scripted = scripted;
    this.answer = {title: '', url: '', viewport: viewportNumbers(), dialogs: [], nodes: []};
    this.bounds = {truncated: false, labelTexts: new Map()};
    this.room = kAnswerCharacters;
    this.deadline = performance.now() + kTimeLimitMs;
    this.texts = [];  // that are shown in the listed elements around the place of the walk
    this.range = makeRange(document);
  }

  run() {
    const {answer, bounds} = this;
    answer.title = oneLine(titleOf(document), bounds);
    answer.url = oneLine(location.href, bounds);
    const body = bodyOf(document);
    let level = body && this.visitElement(body, {up: null, place: {
      view: viewOf(window, kWholeFrame), covers: sight.coversOf(document)}});
    for (let visits = 0; level;) {
      const node = this.isFull(visits) ? null : takeNext(level);
      if (!node) {
        if (level.closes) this.close(level.closes);
        level = level.up;
        continue;
      }
      ++visits;
      const type = nodeTypeOf(node);
      if (type === Node.TEXT_NODE) this.visitText(node, level);
      else if (type === Node.ELEMENT_NODE) level = this.visitElement(node, level);
    }
    answer.nodes = answer.nodes.filter(({unseen}) => !unseen);
    if (bounds.truncated) answer.truncated = true;
    return answer;
  }

  isFull(visits) {
    // The clock costs as much as a node, so it is read for each that is listed (list()), and else now and then.
    if (visits % 64 === 63) this.readClock();
    if (visits < kVisitLimit && this.room > 0 && this.answer.nodes.length < kNodeLimit) return false;
    this.bounds.truncated = true;
    return true;
  }

  /** Out of time is out of room. */
  readClock() {
    if (performance.now() > this.deadline) this.room = 0;
  }

  add(node, {dialog}) {
    if (dialog !== undefined) node.dialog = dialog;
    this.answer.nodes.push(node);
    return node;
  }

  keep(element) {
    return this.elements.push(element) - 1;
  }

  visitText(node, level) {
    if (level.far || !/\S/.test(dataOf(node)) || !this.isInView(node, level)) return;
    const text = oneLine(sight.textOf(node, level.parent), this.bounds);
    const {owner} = level.place;
    if (!text && owner) this.noteUnseen(node, level.parent, owner);
    if (!text) return;
    this.room -= text.length;
    if (!owner) {
      this.add({text}, level.place);
      return;
    }
    // Part of the listed element around it, and in the name of those around that.
    this.texts.push(text);
    if (owner.text.length < kTextLimit) owner.text += owner.text ? ` ${text}` : text;
    else this.bounds.truncated = true;
  }

  isInView(node, {place: {owner, view}}) {
    this.range.selectNodeContents(node);
    const box = this.range.getBoundingClientRect();
    // Words for screen readers may lie anywhere, and name what they are in.
    return box.width > 0 && box.height > 0 && (owner !== undefined || (box.top >= 0 && box.top <= view.height));
  }

  /** What nobody sees is no text of the page, but where nothing else does, words for screen readers name a control. */
  noteUnseen(node, parent, owner) {
    owner.unseen = true;
    if (owner.spoken.length < kSpokenLimit && sight.isOnlyCutOff(node, parent)) {
      owner.spoken += `${owner.spoken && ' '}${oneLine(dataOf(node), this.bounds)}`;
    }
  }

  /** Returns the level to go on with. */
  visitElement(element, level) {
    const tag = tagOf(element);
    if (kSkippedTags.has(tag)) return level;
    let {place} = level;
    let closes;
    const far = place.covers.farBelow.has(element);
    if (tag === 'svg' && (far || !this.scripted.hasDrawing(element))) return level;
    const candidate = !far && matchesSelector(element, kCandidates);
    const editor = (tag === 'body' && isEditingHost(element, tag)) || (!far && this.scripted.isEditor(element));
    if (candidate || editor || (!far && this.isScripted(element, tag, place))) {
      place = this.placeInDialog(element, tag, place);
      closes = this.list(element, tag, place, candidate || editor);
      if (closes) place = {...place, owner: closes};
    }
    const frame = contentDocumentByTag.has(tag) && namespaceOf(element) === kXhtml;
    const slotted = tag === 'slot' ? slottedIn(element)?.values() : undefined;
    const next = frame || slotted ? null : firstChildOf(shadowRootOf(element) ?? element);
    const inner = next || slotted || closes ? {up: level, place, parent: element, next, slotted, closes, far} : level;
    return frame ? this.enterFrame(element, tag, place, inner) : inner;
  }

  placeInDialog(element, tag, place) {
    if (place.dialog !== undefined || (tag !== 'dialog' && attributeOf(element, 'role') === null)) return place;
    const role = roleOf(element, tag)?.role;
    if ((role !== 'dialog' && role !== 'alertdialog') || !isShownElement(element)) return place;
    const name = accessibleNameOf(element, tag, '', this.bounds);
    return {...place, dialog: this.answer.dialogs.push({role, name}) - 1};
  }

  isScripted(element, tag, {covers, view, owner}) {
    // What is in a control is a part of it.
    return !covers.outside.has(element) && !(owner && owner.node.kind !== 'M') && tag !== 'svg' &&
           this.scripted.has(element, tag, view);
  }

  /**
   * Lists the element if it can be acted on now. What its node still lacks is known when its level closes. `candidate`:
   * because of what it is itself, not of what a script made of it.
   */
  list(element, tag, place, candidate) {
    const {view} = place;
    const {box, x, y, drawn} = this.placeOf(element, tag, view);
    if (!(x >= 0 && y >= 0 && x < view.width && y < view.height)) return undefined;
    const editor = this.scripted.isEditor(element);
    const known = editor ? kKnownRoles.get('textbox') : roleOf(element, tag);
    const dialog = candidate && !editor && tag !== 'body' && !matchesSelector(element, kInteractive);
    if (!known || dialog || !isShownElement(drawn)) return undefined;
    this.readClock();
    // Native controls are often transparent, and lie over what is drawn in their place.
    const transparent = matchesSelector(element, kTransparentControls);
    if (!transparent && !sight.seesElement(drawn, drawn === element ? box : undefined)) return undefined;
    // What is in a frame counts as in front, in whichever process it is: the ids do not depend on that.
    if (!view.nested && !isInFront(element, rootOf(element), x, y)) return undefined;
    const {kind, role} = known;
    const node = this.add({kind, ref: this.keep(element), role}, place);
    const {length: textsFrom} = this.texts;
    return {element, tag, node, bbox: bboxOf(box, view), text: '', textsFrom, unseen: false, spoken: '', candidate};
  }

  /** Where an element is acted on: its middle, or that of the part in sight of what is as large as it likes. */
  placeOf(element, tag, view) {
    if (tag === 'area' && namespaceOf(element) === kXhtml) {
      const place = areaPlace(element);
      return place ? {...place, drawn: place.image} : {x: NaN, y: NaN, drawn: element};
    }
    const box = boxOf(element);
    const editor = isEditingHost(element, tag) || this.scripted.isEditor(element);
    if (!editor) return {box, x: box.x + box.width / 2, y: box.y + box.height / 2, drawn: element};
    const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
    const inSight = box.right > 0 && box.bottom > 0 && box.left < view.width && box.top < view.height;
    if (!inSight) return {box, x: NaN, y: NaN, drawn: element};
    const [x, y] = [middle(box.left, box.right, view.width), middle(box.top, box.bottom, view.height)];
    return {box, x, y, drawn: element};
  }

  close(listed) {
    const {element, tag, node, bbox, textsFrom, unseen, spoken} = listed;
    const {bounds} = this;
    if (!listed.text && spoken) this.texts.push(listed.text = spoken.slice(0, kSpokenLimit).toWellFormed());
    const {text} = listed;
    // What only holds controls is none.
    const empty = !listed.candidate && !text && namespaceOf(element) === kXhtml;
    if (empty && (this.answer.nodes.at(-1) !== node || !hasPicture(element))) node.unseen = true;
    // With all its words unseen, and nothing else in it, it cannot be seen either.
    if (unseen && !text && textsFrom === this.texts.length && !hasPicture(element)) node.unseen = true;
    node.tag = oneLine(tag, bounds);
    node.name = accessibleNameOf(element, tag, joinTexts(this.texts, textsFrom), bounds);
    const {description, line} = renderElement(element, node.tag, text, bounds);
    node.description = description;
    if (line !== description) node.line = line;
    if (matchesSelector(element, kEditable) || this.scripted.isEditor(element)) node.editable = true;
    if (node.kind === 'I') node.input = inputOf(element, tag, node.role);
    if (tag === 'select') node.options = optionsOf(element, bounds);
    node.bbox = bbox;
    this.room -= node.name.length + description.length + (node.options?.join('').length ?? 0);
  }

  /** A frame that is not in sight has nothing in sight. */
  enterFrame(iframe, tag, place, level) {
    const {view} = place;
    const box = boxOf(iframe);
    const inSight = box.right > 0 && box.bottom > 0 && box.x < view.width && box.y < view.height;
    if (!inSight || !isShownElement(iframe) || !sight.seesFrame(iframe, box)) return level;
    const content = contentBoxOf(iframe, box, view);
    const inner = contentDocumentByTag.get(tag)(iframe);
    if (!inner) {
      this.add({frame: this.keep(iframe), bbox: rounded(content)}, place);
      return level;
    }
    const body = bodyOf(inner);
    const window = windowOf(inner);
    if (!body || !window) return level;
    const innerPlace = {...place, view: viewOf(window, content), covers: sight.coversOf(inner)};
    if (isEditingHost(body, 'body')) return this.visitElement(body, {up: level, place: innerPlace});
    return {up: level, place: innerPlace, parent: body, next: firstChildOf(body)};
  }
}

/** The iframe in whose document that element is, where that is not this frame's own document; else null. */
function observedFrame(round, ref) {
  const element = observedElement(round, ref);
  if (typeof element === 'string') return null;
  const owner = ownerDocumentOf(element);
  return owner === document ? null : windowOf(owner).frameElement;
}

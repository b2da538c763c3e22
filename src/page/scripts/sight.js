// What a person can see of a page: one judgement for all that reads it. Text that nobody sees must not reach an agent,
// because it is how a page gives it orders behind the back of its user. What scrolling can bring into sight counts as
// seen, and so does what fades in; what the page has to be changed for does not.

const kFaintest = 0.1;             // of full opacity; below it, nothing is told from nothing
const kSmallestLetter = 4;         // px of height on the screen
const kSmallestFont = 3;           // px
const kLongestFade = 10_000;       // ms until what fades in is there
const kSmallestFrame = 8;          // px: what is smaller shows nothing
const kSmallestElement = 3;        // px
const kSeenWords = 5_000;          // of one text that is cut off; what follows is left out

const animationsOf = safeMethod(Element.prototype, 'getAnimations');
const frameElementOf = (window) => {
  try {
    return window.frameElement;
  } catch {
    return null;  // of another origin
  }
};

/**
 * One look at a page, good as long as nothing of it changes. `viewport`: only what is in the viewport is asked for. What
 * is around the content of an element is its `Place`:
 *   {element, up, style, gone, opacity, clip, plane, tint?, anchor, outer, mover, shape?, loose?}
 * `gone`: nothing in it can be seen. `plane` {colours, unknown?} is what its text is painted on; `anchor` what it moves
 * with when something is scrolled; `outer` and `mover` are clip and anchor of the element itself; `loose`: the page is
 * scrolled without it.
 */
class Sight {
  constructor({viewport = false} = {}) {
    this.places = new Map();
    this.viewport = viewport;
    this.covers = new Map();  // by document
    this.texts = new Map();   // by text node
    this.range = makeRange(document);
  }

  /** The Place of an element's content. Iterative, because pages are as deep as they like. */
  of(element) {
    const known = this.places.get(element);
    if (known) return known;
    const chain = [];
    let place = null;
    for (let at = element; at; at = parentInFlatTree(at)) {
      const type = nodeTypeOf(at);
      if (type === Node.DOCUMENT_NODE) break;
      if (type !== Node.ELEMENT_NODE) continue;
      place = this.places.get(at) ?? null;
      if (place) break;
      chain.push(at);
    }
    place ??= this.aroundDocument(ownerDocumentOf(element));
    while (chain.length) {
      const next = chain.pop();
      place = this.make(next, place);
      this.places.set(next, place);
    }
    return place;
  }

  aroundDocument(owner) {
    const known = this.places.get(owner);
    if (known) return known;
    const window = windowOf(owner);
    const root = documentElementOf(owner);
    const plane = {colours: [usesDarkCanvas(owner) ? kDarkCanvas : kLightCanvas]};
    const place = {element: null, up: null, gone: false, opacity: 1, clip: null, anchor: owner, fixed: null, plane,
                   tint: undefined, room: false};
    this.places.set(owner, place);
    const frame = window && owner !== document ? frameElementOf(window) : null;
    if (window && root) {
      const outer = frame ? this.of(frame) : null;
      place.clip = viewportClip(window, root, outer ? this.frameAround(frame, outer) : {});
      if (frame && attributeOf(frame, 'scrolling')?.toLowerCase() === 'no') place.clip = fixedClip(place.clip);
      place.fixed = fixedClip(place.clip);
      place.room = hasRoom(place.clip);
      if (outer) {
        const gone = outer.gone || !this.seesFrame(frame);
        Object.assign(place, {gone, opacity: outer.opacity, tint: outer.tint});
      }
      if (outer && !usesDarkCanvas(owner)) place.plane = outer.plane;
    }
    return place;
  }

  frameAround(frame, outer) {
    const box = boxOf(frame);
    const style = getComputedStyle(frame);
    const dx = box.left + clientLeftOf(frame) + Number.parseFloat(style.paddingLeft);
    const dy = box.top + clientTopOf(frame) + Number.parseFloat(style.paddingTop);
    return {up: outer.clip, dx, dy};
  }

  make(element, up) {
    const style = getComputedStyle(element);
    const {opacity, plane, tint, anchor, clip} = up;
    const place = {element, up, style, gone: up.gone, opacity, clip, outer: clip, plane, tint, anchor, mover: anchor,
                   loose: up.loose};
    if (up.gone) return place;
    const {display} = style;
    if (display === 'contents') return place;
    this.position(place);
    this.fade(place);
    place.shape = shapeClip(element, style, place.clip);
    place.outer = place.clip = place.shape ?? place.clip;
    place.mover = place.anchor;
    if (isMaskedOut(element, style) || isTurnedAway(place) || (style.backfaceVisibility === 'hidden' && showsBack(place))) place.gone = true;
    const root = parentNodeOf(element) === ownerDocumentOf(element);
    if (display !== 'inline' && !root && !isScrollingBody(element, style)) {
      const inner = contentClip(element, style, place.clip);
      if (inner !== place.clip && hasRoom(inner)) place.anchor = inner;
      place.clip = inner;
    }
    place.plane = planeOf(place);
    return place;
  }

  /** Content that is taken out of the flow is cut off only by what contains it. */
  position(place) {
    const {position} = place.style;
    if (position === 'static' || position === 'relative') return;
    if (position === 'sticky') {
      place.anchor = place;
      return;
    }
    const shapes = [];
    const fixed = position === 'fixed';
    let at = place.up;
    for (; at.element && !isContaining(at, fixed); at = at.up) if (at.shape) shapes.push(at.shape);
    if (isInTopLayer(place.element)) shapes.length = 0;
    const document = ownerDocumentOf(place.element);
    const around = at.element ? at : this.places.get(document);
    const free = fixed && !at.element;
    place.anchor = free ? document : around.anchor;
    place.loose = free || around.loose;
    place.clip = free || isInTopLayer(place.element) ? around.fixed ?? around.clip : around.clip;
    for (const shape of shapes.reverse()) place.clip = {...shape, up: place.clip};
  }

  fade(place) {
    const {style, up} = place;
    const own = Number.parseFloat(style.opacity);
    if (own < 0.99 && !(own < 0.5 && isFadingIn(place.element))) place.opacity *= own;
    if (style.filter !== 'none') {
      const {opacity, blur, change} = parseFilter(style.filter);
      if (!(opacity < 0.5 && isFadingIn(place.element))) place.opacity *= opacity;
      if (blur >= Math.max(6, 0.5 * Number.parseFloat(style.fontSize))) place.gone = true;
      place.tint = {change, ground: up.plane, up: up.tint};
    }
    if (style.mixBlendMode !== 'normal') {
      const [ground] = up.plane.colours;
      const known = ground && !up.plane.unknown;
      const change = (colour) => (known ? blendColours(style.mixBlendMode, colour, ground) : colour);
      place.tint = {change, ground: up.plane, up: place.tint};
    }
    if (place.opacity < kFaintest) place.gone = true;
  }

  /** Whether the element has a box of which something can be seen: not hidden, not cut off, not faded, not covered. */
  seesElement(element, box = boxOf(element)) {
    const place = this.of(element);
    if (place.gone || !checkVisibility(element, {visibilityProperty: true})) return false;
    if (box.width < kSmallestElement || box.height < kSmallestElement) return false;
    return isEnough(box, throughClips(box, place.outer)) && !this.isCovered(box, place, true);
  }

  seesFrame(frame, box = boxOf(frame)) {
    return Math.min(box.width, box.height) >= kSmallestFrame && this.seesElement(frame, box);
  }

  /** Whether the words in a field, which are no text nodes, can be read: those of `pseudo`, or its value. */
  seesWords(field, pseudo) {
    const {opacity, tint, plane, gone} = this.of(field);
    const style = getComputedStyle(field, pseudo);
    if (gone || Number.parseFloat(style.fontSize) < kSmallestFont) return false;
    if (Math.abs(Number.parseFloat(style.textIndent)) > 500) return false;
    const faded = {opacity: opacity * Number.parseFloat(pseudo ? style.opacity : 1), tint};
    return style.visibility === 'visible' && showsColour(faded, parseColour(style.webkitTextFillColor), plane);
  }

  /** One that has not been loaded yet has no size, and is shown by its description. */
  seesImage(image) {
    const box = boxOf(image);
    if (box.width > 0 && box.height > 0) return this.seesElement(image, box);
    return !this.of(image).gone && flat.naturalWidth(image) === 0 && checkVisibility(image, {visibilityProperty: true});
  }

  /** What a person can see of a text node in `parent`: all, some or none of its words. */
  textOf(node, parent) {
    let text = this.texts.get(node);
    if (text === undefined) this.texts.set(node, text = this.lookAt(node, parent, dataOf(node)));
    return text;
  }

  lookAt(node, parent, data) {
    if (!/\S/.test(data)) return data;
    const place = this.of(parent);
    if (place.gone) return '';
    place.legible ??= isLegible(place);
    if (!place.legible) return '';
    this.range.selectNodeContents(node);
    const box = this.range.getBoundingClientRect();
    if (!isLargeEnough(box, data)) return '';
    const seen = throughClips(box, place.clip);
    if (seen === null || (seen.whole && !isEnough(box, seen)) || this.isCovered(box, place)) return '';
    if (!this.tellsColour(place, box)) return '';
    return seenCharacters(seen.whole ? data : this.wordsOf(node, data, place));
  }

  /** Whether a text would be seen if it were not cut off, as words for screen readers are on purpose. */
  isOnlyCutOff(node, parent) {
    const place = this.of(parent);
    if (place.gone || !(place.legible ??= isLegible(place))) return false;
    this.range.selectNodeContents(node);
    const box = this.range.getBoundingClientRect();
    return isLargeEnough(box, dataOf(node)) && !isEnough(box, throughClips(box, place.clip));
  }

  /** The words that are not cut off. */
  wordsOf(node, data, place) {
    let text = '';
    let words = 0;
    for (const {0: word, index} of data.matchAll(/\s*\S+\s*/g)) {
      if (++words > kSeenWords) break;
      const from = index + word.length - word.trimStart().length;
      this.range.setStart(node, from);
      this.range.setEnd(node, index + word.trimEnd().length);
      const box = this.range.getBoundingClientRect();
      if (isEnough(box, throughClips(box, place.clip))) text += word;
      else if (text && !/\s$/.test(text)) text += ' ';
    }
    return text;
  }

  coversOf(owner) {
    if (!this.covers.has(owner)) this.covers.set(owner, new Covers(this, owner));
    return this.covers.get(owner);
  }

  /** `whole`: the box is the element's own, of which what is in it is a part. */
  isCovered(box, place, whole = false) {
    return this.coversOf(ownerDocumentOf(place.element)).hides(box, place, whole);
  }

  /** Whether the text of that element stands out against what it is painted on. */
  tellsColour(place, box) {
    const below = this.coversOf(ownerDocumentOf(place.element)).below(box, place);
    if (below) return standsOut(place, below);
    return (place.standsOut ??= standsOut(place, place.plane));
  }
}

// The look that the walks of this call share; each call from outside begins with a new one.
let sight;
const lookAnew = (options) => (sight = new Sight(options));

const isInTopLayer = (element) => matchesSelector(element, ':modal,:popover-open,:fullscreen');

/** A body whose overflow the viewport has taken over. */
function isScrollingBody(element) {
  const owner = ownerDocumentOf(element);
  if (bodyOf(owner) !== element) return false;
  const {overflowX, overflowY} = getComputedStyle(documentElementOf(owner));
  return overflowX === 'visible' && overflowY === 'visible';
}

/** Whether elements that are positioned absolutely, or even fixed ones, are placed in that element. */
function isContaining(place, fixed) {
  const {style} = place;
  if (style.display === 'contents') return false;
  if (!fixed && style.position !== 'static') return true;
  place.contains ??= style.transform !== 'none' || style.perspective !== 'none' || style.filter !== 'none' ||
      style.translate !== 'none' || style.rotate !== 'none' || style.scale !== 'none' || style.backdropFilter !== 'none' ||
      kContainsPaint.test(style.contain) || /layout/.test(style.contain) || style.contentVisibility !== 'visible' ||
      style.transformStyle === 'preserve-3d' || /transform|filter|perspective/.test(style.willChange);
  return place.contains;
}

/** Whether a transparent element is on its way to be seen: an animation that runs and soon shows it. */
function isFadingIn(element) {
  return animationsOf(element).some((animation) => {
    const {effect, playState, timeline} = animation;
    if (playState !== 'running' || !effect) return false;
    const keyframes = effect.getKeyframes();
    const opacityOf = ({opacity, filter}) => Number.parseFloat(opacity ?? filter?.match(/opacity\(([\d.]+)/)?.[1]);
    const shows = keyframes.filter((frame) => opacityOf(frame) >= 0.2);
    if (!shows.length) return false;
    if (!timeline || 'source' in timeline) return timeline !== null;  // scrolling shows it
    const {endTime, localTime, iterations, duration, fill, direction} = effect.getComputedTiming();
    if (iterations === Infinity) return duration >= 200 && duration <= kLongestFade;
    if (endTime - localTime > kLongestFade) return false;
    // What stays is the last keyframe, or what the element has without the animation.
    const last = keyframes[direction === 'reverse' ? 0 : keyframes.length - 1];
    const stays = 'transitionProperty' in animation || fill === 'forwards' || fill === 'both';
    return !stays || direction.startsWith('alternate') || shows.includes(last);
  });
}

/** A mask that lets nothing through: of transparent colours only, without a size, or of a picture, which is not known. */
function isMaskedOut(element, style) {
  const image = style.maskImage;
  if (image === 'none') return false;
  if (/^0(px|%)?( 0(px|%)?)?$/.test(style.maskSize)) return true;
  const colours = gradientColours(image);
  if (colours) {
    return style.maskMode === 'luminance' ? colours.every((colour) => luminanceOf(colour) * colour[3] < kFaintest) :
                                            colours.every((colour) => colour[3] < kFaintest);
  }
  const id = /^url\("[^"]*#([^"]+)"\)$/.exec(image)?.[1];
  const named = id && elementById.get(Node.DOCUMENT_NODE)(ownerDocumentOf(element), id);
  return !named || tagOf(named) !== 'mask' || !firstShapeOf(named);
}

/** Whether a transform leaves nothing to be seen: behind who looks at it, or drawn out to a line. */
function isTurnedAway({style, up}) {
  if (style.transform === 'none') return false;
  const {a, b, c, d, m43, m44, is2D} = new DOMMatrix(style.transform);
  if (is2D) return Math.max(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d)) > 1e6;
  const distance = up.element ? Number.parseFloat(up.style.perspective) : NaN;
  return m44 <= 0 || m43 >= distance;
}

/** Whether an element shows its back, as the cards of 3D turns do. */
function showsBack({style, up}) {
  const matrixOf = (own) => {
    const turn = own.rotate === 'none' ? '' : /^-?[\d.]/.test(own.rotate) ? `rotate(${own.rotate})` :
        own.rotate.replace(/^([xyz]) (.+)$/, (_, axis, angle) => `rotate${axis.toUpperCase()}(${angle})`)
            .replace(/^(-?[\d.e-]+) (-?[\d.e-]+) (-?[\d.e-]+) (.+)$/, 'rotate3d($1, $2, $3, $4)');
    return new DOMMatrix(`${turn} ${own.transform === 'none' ? '' : own.transform}`.trim());
  };
  let matrix = matrixOf(style);
  for (let at = up; at?.element && at.style.transformStyle === 'preserve-3d'; at = at.up) {
    matrix = matrixOf(at.style).multiply(matrix);
  }
  return matrix.m33 < 0;
}

/** Whether text is there and can be read, whatever it is painted in. */
function isLegible({element, style, up}) {
  if (style.visibility !== 'visible' || !showsText(element)) return false;
  if (style.contentVisibility === 'hidden' || style.webkitTextSecurity !== 'none') return false;
  const size = Number.parseFloat(style.fontSize);
  if (size < kSmallestFont) return false;
  const spacing = style.letterSpacing === 'normal' ? 0 : Number.parseFloat(style.letterSpacing);
  return up !== null && spacing > -0.35 * size && spacing < 20 * size;
}

function isLargeEnough({width, height}, data) {
  if (!(width > 0 && height > 0)) return false;
  const few = data.length < 4 || data.trim().length < 4;
  return few ? Math.max(width, height) >= kSmallestLetter && Math.min(width, height) >= 1 :
               Math.min(width, height) >= kSmallestLetter;
}

// What lies over a text, and under it without being around it: elements that paint something, in the order in which
// they are painted. What scrolls away from a text does not hide it.

const kCoverRow = 256;       // px of the page: where things are looked for
const kCoverTall = 64;       // rows; what is taller is looked at for every text
const kCoverLimit = 50_000;  // elements that are looked at
const kCoverDeepest = 1_000; // on top of each other: no page that means well has more, and nobody sees through them
const kCoverSolid = 0.9;     // of full opacity
const kCoverPictures = new Set(['img', 'video', 'canvas', 'iframe', 'object', 'embed', 'svg']);
const kCoverSpots = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.3, 0.25], [0.7, 0.75]];

const imageComplete = safeGetter(HTMLImageElement.prototype, 'complete');
const imageWidth = safeGetter(HTMLImageElement.prototype, 'naturalWidth');

const elementsIn = new Map([
  [Node.DOCUMENT_NODE, safeMethod(Document.prototype, 'querySelectorAll')],
  [Node.DOCUMENT_FRAGMENT_NODE, safeMethod(DocumentFragment.prototype, 'querySelectorAll')],
]);

class Covers {
  constructor(sight, owner) {
    this.sight = sight;
    this.owner = owner;
    this.window = windowOf(owner);
    this.rows = new Map();
    this.tall = [];
    this.farBelow = new Set();  // of the viewport: what is not looked at
    this.outside = new Set();   // of it on any side
    this.layers = new Map();
    this.collect();
  }

  collect() {
    const {innerWidth, innerHeight} = this.window ?? {innerWidth: 0, innerHeight: 0};
    const roots = [this.owner];
    let order = 0;
    for (let i = 0; i < roots.length; ++i) {
      for (const element of elementsIn.get(nodeTypeOf(roots[i]))(roots[i], '*')) {
        if (++order > kCoverLimit) return;
        const shadow = shadowRootOf(element);
        if (shadow) roots.push(shadow);
        const box = boxOf(element);
        if (box.width < 2 || box.height < 2) continue;
        if (this.sight.viewport && (box.bottom < 0 || box.right < 0 || box.top > innerHeight || box.left > innerWidth)) {
          if (box.top > innerHeight) this.farBelow.add(element);
          this.outside.add(element);
          continue;
        }
        const paint = this.paintOf(element, box);
        if (paint) this.add({element, box, ...paint});
      }
    }
  }

  /** {style, picture?} of an element that paints all of its box; undefined of others. */
  paintOf(element, box) {
    const tag = tagOf(element);
    if (tag === 'html' || tag === 'body') return undefined;
    const style = getComputedStyle(element);
    if (style.position !== 'static') this.addPseudos(element, box);
    if (kCoverPictures.has(tag)) return {style, picture: true};
    if (style.backgroundColor !== 'rgba(0, 0, 0, 0)' || style.backgroundImage !== 'none') return {style, picture: false};
    return undefined;
  }

  /** ::before and ::after that are laid over a positioned element. */
  addPseudos(element, box) {
    for (const pseudo of ['::before', '::after']) {
      const style = getComputedStyle(element, pseudo);
      if (style.content === 'none' || style.content === 'normal' || style.position !== 'absolute') continue;
      if (style.backgroundColor === 'rgba(0, 0, 0, 0)' && style.backgroundImage === 'none') continue;
      const [left, top, width, height] = [style.left, style.top, style.width, style.height].map(Number.parseFloat);
      const over = new DOMRect(box.left + clientLeftOf(element) + left, box.top + clientTopOf(element) + top, width, height);
      if (width >= 2 && height >= 2) this.add({element, box: over, style, picture: false, pseudo});
    }
  }

  add(cover) {
    const from = Math.floor(cover.box.top / kCoverRow);
    const to = Math.floor(cover.box.bottom / kCoverRow);
    if (to - from > kCoverTall) {
      this.tall.push(cover);
      return;
    }
    for (let row = from; row <= to; ++row) {
      const there = this.rows.get(row);
      if (there) there.push(cover);
      else this.rows.set(row, [cover]);
    }
  }

  at(x, y) {
    const found = [];
    for (const list of [this.rows.get(Math.floor(y / kCoverRow)) ?? [], this.tall]) {
      for (const cover of list) {
        const {left, right, top, bottom} = cover.box;
        if (x >= left && x < right && y >= top && y < bottom) found.push(cover);
      }
    }
    return found;
  }

  /** Whether something opaque is in front of every spot of that box of `place`'s content. */
  hides(box, place, whole) {
    for (const [x, y] of kCoverSpots) {
      if (!this.hidesSpot(box.left + x * box.width, box.top + y * box.height, place, whole)) return false;
    }
    return true;
  }

  hidesSpot(x, y, place, whole) {
    const there = this.at(x, y);
    if (there.length > kCoverDeepest) return true;
    for (const cover of there) {
      const own = cover.element === place.element;
      if ((own && (whole || !cover.pseudo)) || (whole && this.isInside(cover.element, place))) continue;
      const {style} = cover;
      const around = !cover.pseudo && this.isAround(cover.element, place);
      // What is around a text is behind it, unless that text has been put behind.
      if (around && !this.isSunken(place, cover.element)) continue;
      if (this.isSolid(cover, x, y) && this.staysOver(cover, place) && this.isAbove(cover, style, place)) return true;
    }
    return false;
  }

  /** The plane that the topmost of what lies below that box makes; undefined: only what is around `place` does. */
  below(box, place) {
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    let found;
    for (const cover of this.at(x, y)) {
      if (cover.pseudo || cover.element === place.element || this.isAround(cover.element, place)) continue;
      if (this.isInside(cover.element, place) || this.isAbove(cover, cover.style, place)) continue;
      const own = this.sight.of(cover.element);
      if (own.gone || cover.style.visibility !== 'visible' || !throughClips(spot(x, y), own.outer)) continue;
      if (!found || this.isAbove(cover, cover.style, this.sight.of(found.element), found)) found = cover;
    }
    if (!found) return undefined;
    // What is around the text may lie over it again.
    for (let at = place; at.element; at = at.up) {
      if (at.plane !== at.up.plane && !this.isAbove(found, found.style, at, at)) return undefined;
    }
    return found.picture ? (this.isDrawn(found) ? kUnknownPlane : undefined) : this.sight.of(found.element).plane;
  }

  isAround(element, place) {
    for (let at = place; at?.element; at = at.up) if (at.element === element) return true;
    return false;
  }

  isInside(element, place) {
    return this.isAround(place.element, this.sight.of(element));
  }

  /** Whether something between a text and what is around it has a negative z-index. */
  isSunken(place, around) {
    for (let at = place; at?.element && at.element !== around; at = at.up) {
      if (Number.parseInt(at.style.zIndex, 10) < 0) return true;
    }
    return false;
  }

  isSolid(cover, x, y) {
    const {style, element} = cover;
    const place = this.sight.of(element);
    const opacity = place.opacity * (cover.pseudo ? Number.parseFloat(style.opacity) : 1);
    if (place.gone || opacity < kCoverSolid || style.visibility !== 'visible') return false;
    if (style.mixBlendMode !== 'normal' || style.maskImage !== 'none') return false;
    if (style.backgroundClip.includes('text')) return false;
    if (!throughClips(spot(x, y), place.outer)) return false;
    if (parseColour(style.backgroundColor)[3] >= kCoverSolid) return true;
    if (cover.picture) return this.isDrawn(cover) && (cover.opaque ??= isOpaquePicture(element));
    const colours = gradientColours(style.backgroundImage);
    return Boolean(colours?.length) && colours.every((colour) => colour[3] >= kCoverSolid);
  }

  isDrawn(cover) {
    const tag = tagOf(cover.element);
    if (tag === 'img') return imageComplete(cover.element) && imageWidth(cover.element) > 0;
    if (tag === 'svg') return firstShapeIn(cover.element);
    return tag !== 'canvas' || (cover.drawn ??= picturePoints(cover.element).some((alpha) => alpha > 0));
  }

  /** Whether scrolling never brings the content of `place` out from under a cover. */
  staysOver(cover, place) {
    const {loose = false, mover} = this.sight.of(cover.element);
    const page = this.sight.places.get(this.owner);
    const apart = loose !== (place.loose ?? false) && page.room;
    if (mover === place.anchor && !apart) return true;
    // Where a text can be scrolled, all of that has to be covered.
    const {left, top, right, bottom} = place.anchor.reach ? place.anchor : page.fixed;
    const margin = 0.05 * Math.min(right - left, bottom - top);
    return mover === this.owner && (!apart || loose) && cover.box.left <= left + margin &&
           cover.box.top <= top + margin && cover.box.right >= right - margin && cover.box.bottom >= bottom - margin;
  }

  /** Whether what `cover` paints comes after the text of `place`, or after `other` there. */
  isAbove(cover, style, place, other) {
    const own = this.sight.of(cover.element);
    const layer = cover.pseudo ? layerOfPseudo(style) : this.layerOfPaint(style);
    const one = [...this.layersOf(own).path, {key: null, layer}];
    const mine = other ? this.layerOfPaint(other.style) : -0.3;
    const two = [...this.layersOf(place).path, {key: null, layer: mine}];
    for (let i = 0; i < Math.max(one.length, two.length); ++i) {
      const [a, b] = [one[i], two[i]];
      if (!a || !b) return Boolean(a);
      if (a.key !== null && a.key === b.key) continue;
      // The background of what makes a layer is its bottom.
      const layerA = a.key === null && !cover.pseudo && this.layersOf(own).own ? -Infinity : a.layer;
      if (layerA !== b.layer) return layerA > b.layer;
      return this.isLater(cover.element, place.element);
    }
    return false;
  }

  isLater(one, other) {
    return Boolean(Node.prototype.compareDocumentPosition.call(other, one) & Node.DOCUMENT_POSITION_FOLLOWING);
  }

  layerOfPaint({display, float}) {
    return float !== 'none' ? -0.5 : display.startsWith('inline') ? -0.3 : -0.9;
  }

  /**
   * The layers around and of an element as CSS orders them: `path` from the root, `context` without those that do not
   * contain positioned elements; each {key, layer}: negative z-index, then blocks, floats, text, and the other z-index.
   */
  layersOf(place) {
    const known = this.layers.get(place);
    if (known) return known;
    const chain = [];
    for (let at = place; at?.element && !this.layers.has(at); at = at.up) chain.push(at);
    for (const at of chain.reverse()) this.layers.set(at, this.makeLayers(at));
    return this.layers.get(place) ?? {path: [], context: [], own: false};
  }

  makeLayers(place) {
    const {path, context} = this.layers.get(place.up) ?? {path: [], context: []};
    const {style, element} = place;
    if (style.display === 'contents') return {path, context, own: false};
    const key = element;
    if (isInTopLayer(element)) {
      const top = [{key, layer: Infinity}];
      return {path: top, context: top, own: true};
    }
    const items = place.up.element ? /flex|grid/.test(place.up.style.display) : false;
    const z = Number.parseInt(style.zIndex, 10);
    const positioned = style.position !== 'static';
    const indexed = !Number.isNaN(z) && (positioned || items);
    const isolated = indexed || style.position === 'fixed' || style.position === 'sticky' || style.opacity !== '1' ||
        style.transform !== 'none' || style.translate !== 'none' || style.rotate !== 'none' || style.scale !== 'none' ||
        style.filter !== 'none' || style.clipPath !== 'none' || style.isolation === 'isolate' ||
        style.mixBlendMode !== 'normal' || style.maskImage !== 'none' || style.perspective !== 'none' ||
        /transform|opacity|filter|perspective/.test(style.willChange) || /paint|layout|strict|content/.test(style.contain);
    if (isolated) {
      const own = [...context, {key, layer: indexed ? z : 0}];
      return {path: own, context: own, own: true};
    }
    if (positioned) return {path: [...context, {key, layer: 0}], context, own: true};
    const float = style.float !== 'none';
    const atomic = items || /^inline-/.test(style.display);
    if (float || atomic) return {path: [...path, {key, layer: float ? -0.5 : -0.3}], context, own: true};
    return {path, context, own: false};
  }
}

const layerOfPseudo = ({zIndex}) => (zIndex === 'auto' ? 0 : Number.parseInt(zIndex, 10));

const spot = (x, y) => ({left: x - 0.5, top: y - 0.5, right: x + 0.5, bottom: y + 0.5});

/** Of another site's picture, only the kind is known. */
function isOpaquePicture(element) {
  const tag = tagOf(element);
  if (tag !== 'img' && tag !== 'canvas') return tag === 'video';
  const points = picturePoints(element);
  return points.length ? points.every((alpha) => alpha >= 255 * kCoverSolid) : /\.jpe?g\b/i.test(flat.currentSrc(element));
}

/** How opaque a picture is in 8 by 8 points, 0 to 255; none where its site does not let it be looked at. */
function picturePoints(element) {
  try {
    const canvas = new OffscreenCanvas(8, 8).getContext('2d', {willReadFrequently: true});
    canvas.drawImage(element, 0, 0, 8, 8);
    return [...canvas.getImageData(0, 0, 8, 8).data].filter((_, i) => i % 4 === 3);
  } catch {
    return [];
  }
}

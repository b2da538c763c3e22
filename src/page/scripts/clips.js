// Where the content of an element can come into sight: boxes that cut it off, boxes that scroll, and shapes. A clip is
// {left, top, right, bottom, x, y, reach?, shape?, up, dx?, dy?}, in CSS px of its document's viewport: `x` and `y` say
// what happens to content beyond that side: 'clip', 'scroll' within `reach`, or nothing. `up` is the clip around it, in
// whose coordinates it lies at {dx, dy} where that is another document's.

const clientLeftOf = safeGetter(Element.prototype, 'clientLeft');
const clientTopOf = safeGetter(Element.prototype, 'clientTop');
const clientWidthOf = safeGetter(Element.prototype, 'clientWidth');
const clientHeightOf = safeGetter(Element.prototype, 'clientHeight');
const scrollWidthOf = safeGetter(Element.prototype, 'scrollWidth');
const scrollHeightOf = safeGetter(Element.prototype, 'scrollHeight');
const scrollLeftOf = safeGetter(Element.prototype, 'scrollLeft');
const scrollTopOf = safeGetter(Element.prototype, 'scrollTop');
const offsetWidthOf = safeGetter(HTMLElement.prototype, 'offsetWidth');
const offsetHeightOf = safeGetter(HTMLElement.prototype, 'offsetHeight');
const boxOf = safeMethod(Element.prototype, 'getBoundingClientRect');

const kScrolls = {auto: 'scroll', scroll: 'scroll', overlay: 'scroll', hidden: 'clip', clip: 'clip'};
const kContainsPaint = /paint|strict|content/;

/** The viewport of a document. What its root element does not scroll stays where it is. */
function viewportClip(window, root, up) {
  const style = getComputedStyle(root);
  const body = bodyOf(ownerDocumentOf(root));
  const plain = style.overflowX === 'visible' && style.overflowY === 'visible';
  const scrolling = plain && body ? getComputedStyle(body) : style;
  const {scrollX, scrollY, innerWidth, innerHeight} = window;
  const width = Math.max(scrollWidthOf(root), innerWidth);
  const height = Math.max(scrollHeightOf(root), innerHeight);
  const left = scrollX < 0 || style.direction === 'rtl' || style.writingMode.endsWith('-rl') || (body && getComputedStyle(body).direction === 'rtl') ?
      innerWidth - scrollX - width : -scrollX;
  const way = (overflow) => (kScrolls[overflow] === 'clip' ? 'clip' : 'scroll');
  return {
    left: 0, top: 0, right: innerWidth, bottom: innerHeight,
    x: way(scrolling.overflowX), y: way(scrolling.overflowY),
    reach: {left, top: -scrollY, right: left + width, bottom: height - scrollY}, ...up,
  };
}

/** What cannot be scrolled, as `position: fixed`, in that viewport. */
const fixedClip = (viewport) => ({...viewport, x: 'clip', y: 'clip', reach: undefined});

/** What an element does to its content, or `up` when it does nothing. */
function contentClip(element, style, up) {
  let x = kScrolls[style.overflowX];
  let y = kScrolls[style.overflowY];
  if (!x && !y) {
    if (style.contain === 'none' || !kContainsPaint.test(style.contain)) return up;
    x = y = 'clip';
  }
  const box = boxOf(element);
  const html = namespaceOf(element) === kXhtml;
  const scaleX = (html && box.width / offsetWidthOf(element)) || 1;
  const scaleY = (html && box.height / offsetHeightOf(element)) || 1;
  const margin = style.overflowX === 'clip' || style.overflowY === 'clip' ?
      Number.parseFloat(style.overflowClipMargin.match(/[\d.]+px/)?.[0] ?? '0') : 0;
  const left = box.left + scaleX * clientLeftOf(element) - margin;
  const top = box.top + scaleY * clientTopOf(element) - margin;
  const clip = {
    left, top, right: left + scaleX * clientWidthOf(element) + 2 * margin,
    bottom: top + scaleY * clientHeightOf(element) + 2 * margin, x, y, up,
  };
  if (x !== 'scroll' && y !== 'scroll') return clip;
  const [scrollLeft, scrollTop] = [scaleX * scrollLeftOf(element), scaleY * scrollTopOf(element)];
  const [width, height] = [scaleX * scrollWidthOf(element), scaleY * scrollHeightOf(element)];
  // Where scrolling begins, which may be on the right or at the bottom.
  const flex = style.display.endsWith('flex') ? style.flexDirection : '';
  const fromRight = scrollLeft < 0 || style.writingMode.endsWith('-rl') ||
      (style.direction === 'rtl') !== (flex === 'row-reverse');
  const reachLeft = fromRight ? clip.right - scrollLeft - width : clip.left - scrollLeft;
  const reachTop = scrollTop < 0 || flex === 'column-reverse' ? clip.bottom - scrollTop - height : clip.top - scrollTop;
  clip.reach = {left: reachLeft, right: reachLeft + width, top: reachTop, bottom: reachTop + height};
  return clip;
}

/** Whether a clip has more to show than it shows. */
const hasRoom = ({reach, left, right, top, bottom, x, y}) => reach !== undefined && (
    (x === 'scroll' && reach.right - reach.left > right - left + 1) ||
    (y === 'scroll' && reach.bottom - reach.top > bottom - top + 1));

/** `clip-path` and `clip`, which cut off an element with all its content. Undefined: there is none. */
function shapeClip(element, style, up) {
  const cut = style.clip !== 'auto' && (style.position === 'absolute' || style.position === 'fixed');
  if (!cut && style.clipPath === 'none') return undefined;
  const box = boxOf(element);
  if (cut) {
    const [top, right, bottom, left] = style.clip.match(/auto|-?[\d.]+/g).map(Number.parseFloat);
    return {
      left: box.left + (left || 0), top: box.top + (top || 0), x: 'clip', y: 'clip', up,
      right: Number.isNaN(right) ? box.right : box.left + right,
      bottom: Number.isNaN(bottom) ? box.bottom : box.top + bottom,
    };
  }
  const shape = parseShape(element, style.clipPath, box.width, box.height);
  if (!shape) return undefined;
  const {path, left, top, right, bottom} = shape;
  return {
    left: box.left + left, top: box.top + top, right: box.left + right, bottom: box.top + bottom, x: 'clip', y: 'clip', up,
    shape: path && ((x, y) => shapeCanvas().isPointInPath(path, x - box.left, y - box.top, shape.rule)),
  };
}

let drawnShapes;
const shapeCanvas = () => (drawnShapes ??= new OffscreenCanvas(1, 1).getContext('2d'));
const kNothing = {left: 0, top: 0, right: 0, bottom: 0};

/** A computed basic shape as {left, top, right, bottom, path?, rule?} in its box; undefined: it cuts off nothing known. */
function parseShape(element, text, width, height) {
  const [, name, body] = /^([\w-]+)\((.*)\)/s.exec(text) ?? [];
  const length = (value, whole) => {
    if (value === undefined) return 0;
    // calc() of a percentage and pixels is what Chromium computes.
    let sum = 0;
    for (const [, sign, number, unit] of value.matchAll(/(?:([+-]) )?(-?[\d.e]+)(px|%)?/g)) {
      sum += (sign === '-' ? -1 : 1) * (unit === '%' ? whole * number / 100 : +number);
    }
    return sum;
  };
  const words = (part) => part.match(/calc\([^()]*\)|\S+/g) ?? [];
  if (name === 'inset' || name === 'rect' || name === 'xywh') {
    const sides = words(body.split(/\bround\b/)[0]);
    if (name === 'xywh') {
      const [left, top] = [length(sides[0], width), length(sides[1], height)];
      return {left, top, right: left + length(sides[2], width), bottom: top + length(sides[3], height)};
    }
    const [top, right = top, bottom = top, left = right] = sides;
    if (name === 'rect') {
      const at = (value, whole, otherwise) => (value === 'auto' ? otherwise : length(value, whole));
      return {
        left: at(left, width, 0), top: at(top, height, 0), right: at(right, width, width), bottom: at(bottom, height, height),
      };
    }
    return {
      left: length(left, width), top: length(top, height),
      right: width - length(right, width), bottom: height - length(bottom, height),
    };
  }
  if (name === 'circle' || name === 'ellipse') {
    const [radii, place = '50% 50%'] = body.split(/\s*\bat\b\s*/);
    const [x, y] = [length(words(place)[0], width), length(words(place)[1] ?? '50%', height)];
    const sides = {
      'closest-side': [Math.min(x, width - x), Math.min(y, height - y)],
      'farthest-side': [Math.max(x, width - x), Math.max(y, height - y)],
    };
    const named = (word, axis, whole) => (sides[word] ? sides[word][axis] : length(word, whole));
    const given = words(radii);
    let [radiusX, radiusY] = given.length ? [] : sides['closest-side'];
    if (name === 'ellipse') {
      radiusX = named(given[0] ?? 'closest-side', 0, width);
      radiusY = named(given[1] ?? 'closest-side', 1, height);
    } else if (sides[given[0]]) {
      radiusX = (given[0] === 'closest-side' ? Math.min : Math.max)(...sides[given[0]]);
    } else if (given.length) {
      radiusX = length(given[0], Math.hypot(width, height) / Math.SQRT2);
    }
    if (name === 'circle') radiusY = radiusX = given.length ? radiusX : Math.min(radiusX, radiusY);
    if (!(radiusX > 0 && radiusY > 0)) return kNothing;
    const path = new Path2D();
    path.ellipse(x, y, radiusX, radiusY, 0, 0, 2 * Math.PI);
    return {left: x - radiusX, top: y - radiusY, right: x + radiusX, bottom: y + radiusY, path, rule: 'nonzero'};
  }
  if (name === 'polygon') {
    const [, rule = 'nonzero', list] = /^(?:(nonzero|evenodd)\s*,\s*)?(.*)$/s.exec(body);
    const points = list.split(',').slice(0, 10_000).map((point) => {
      const [x, y] = words(point);
      return {x: length(x, width), y: length(y, height)};
    });
    const path = new Path2D();
    for (const {x, y} of points) path.lineTo(x, y);
    path.closePath();
    const [xs, ys] = [points.map(({x}) => x), points.map(({y}) => y)];
    return {left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys), path, rule};
  }
  if (name === 'path') {
    const [, rule = 'nonzero', data] = /^(?:(nonzero|evenodd)\s*,\s*)?"(.*)"$/s.exec(body) ?? [];
    return data === undefined ? undefined : {left: 0, top: 0, right: width, bottom: height, path: new Path2D(data), rule};
  }
  if (name !== 'url') return undefined;
  const id = /#([^"')]+)/.exec(body)?.[1];
  const named = id && elementById.get(Node.DOCUMENT_NODE)(ownerDocumentOf(element), id);
  // One without any shape inside cuts off everything; of others, where they lie is not known.
  return named && tagOf(named) === 'clipPath' && !firstShapeOf(named) ? kNothing : undefined;
}

const firstShapeIn = (svg) => flat.find(svg, 'path,rect,circle,ellipse,polygon,polyline,image,use,line,text') !== null;

function firstShapeOf(container) {
  return [...flat.findAll(ownerDocumentOf(container), 'clipPath *, mask *')].find(
      (shape) => containsNode(container, shape) && ['width', 'height', 'd', 'points', 'r', 'rx'].some(
          (name) => /[1-9]/.test(attributeOf(shape, name) ?? '')));
}

const kSamples = [1, 3, 5, 7, 9].flatMap((x) => [2, 5, 8].map((y) => [x / 10, y / 10]));

/**
 * What of a box can come into sight through `clip` and those around it: {left, top, right, bottom} where it then is, and
 * `whole`: nothing is cut off. Null: nothing of it.
 */
function throughClips(box, clip) {
  let {left, top, right, bottom} = box;
  let whole = true;
  const cut = (from, to, low, high) => {
    if (from < low - 0.5 || to > high + 0.5) whole = false;
    return [Math.max(from, low), Math.min(to, high)];
  };
  for (let at = clip; at; at = at.up) {
    if (at.x) {
      const scrolls = at.x === 'scroll';
      [left, right] = cut(left, right, scrolls ? at.reach.left : at.left, scrolls ? at.reach.right : at.right);
      // Scrolled to, it may be anywhere in the box.
      if (right > left && scrolls && (left < at.left || right > at.right)) [left, right] = [at.left, at.right];
    }
    if (at.y) {
      const scrolls = at.y === 'scroll';
      [top, bottom] = cut(top, bottom, scrolls ? at.reach.top : at.top, scrolls ? at.reach.bottom : at.bottom);
      if (bottom > top && scrolls && (top < at.top || bottom > at.bottom)) [top, bottom] = [at.top, at.bottom];
    }
    if (right <= left || bottom <= top) return null;
    if (at.shape) {
      const inside = kSamples.filter(([x, y]) => at.shape(left + x * (right - left), top + y * (bottom - top))).length;
      if (inside === 0) return null;
      if (inside < kSamples.length) whole = false;
    }
    if (at.dx !== undefined) {
      left += at.dx;
      right += at.dx;
      top += at.dy;
      bottom += at.dy;
    }
  }
  return {left, top, right, bottom, whole};
}

/** Whether enough of a box is left to tell what it is: of letters, two fifths of their height. */
function isEnough(box, seen) {
  const most = 16;
  return seen !== null && seen.right - seen.left >= Math.min(0.4 * (box.right - box.left), most) &&
         seen.bottom - seen.top >= Math.min(0.4 * (box.bottom - box.top), most);
}

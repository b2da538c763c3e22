// Whether an element can be acted on as a person would: attached, visible, enabled, editable, at rest, and in front at
// the point where it will be hit.

/**
 * The next frame is drawn. A page that is not shown draws none, so the clock counts as well: for one that is shown only
 * as a last resort, since a busy machine takes its time to draw, and before that Chromium drops the input that it gets.
 */
function nextFrame() {
  return new Promise((resolve) => {
    requestAnimationFrame(resolve);
    setTimeout(resolve, document.visibilityState === 'visible' ? 1000 : 100);
  });
}

/** What an element is drawn as: an area, by the picture that it is a part of. */
const drawnOf = (element) => (element instanceof HTMLAreaElement && areaPlace(element)?.image) || element;

function isVisible(named) {
  const element = drawnOf(named);
  if (!element.checkVisibility({visibilityProperty: true})) return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}

function isEnabled(element) {
  if (element.matches(':disabled')) return false;
  for (let at = element; at; at = parentAcrossShadow(at)) {
    if (at instanceof Element && at.getAttribute('aria-disabled') === 'true') return false;
  }
  return true;
}

const kTypedInputs = /^(text|search|email|url|tel|password|number)$/;

function isTextControl(element) {
  return element instanceof HTMLTextAreaElement ||
         (element instanceof HTMLInputElement && kTypedInputs.test(element.type)) || element.isContentEditable;
}

function isEditable(element) {
  return !element.readOnly && element.getAttribute('aria-readonly') !== 'true';
}

/** Whether a label holds something at that point that takes a click for itself: a link to the terms. */
function isPartOfItsOwn(label, {x, y}) {
  const taker = topmostAt(x, y)?.closest?.('a[href], button, input, select, textarea, summary');
  return Boolean(taker) && taker !== label.control && label.contains(taker);
}

/** Where to press an element: its visible point, or for a label one where nothing in it takes the click for itself. */
function pressPoint(element) {
  const middle = visiblePoint(element);
  if (!middle || !(element instanceof HTMLLabelElement) || !isPartOfItsOwn(element, middle)) return middle;
  for (const box of element.getClientRects()) {
    for (const part of [0.1, 0.9, 0.3, 0.7]) {
      const point = {x: box.left + box.width * part, y: box.top + box.height / 2};
      const seen = point.x >= 0 && point.y >= 0 && point.x < innerWidth && point.y < innerHeight;
      if (seen && !isPartOfItsOwn(element, point) && !coveredBy(element, point)) return point;
    }
  }
  return middle;
}

/** The middle of what the viewport shows of the element's first box, or null: it is outside. */
function visiblePoint(element) {
  if (element instanceof HTMLAreaElement) {
    const place = areaPlace(element);
    return place && place.x >= 0 && place.y >= 0 && place.x < innerWidth && place.y < innerHeight ? {x: place.x, y: place.y} : null;
  }
  for (const box of element.getClientRects()) {
    const left = Math.max(box.left, 0);
    const top = Math.max(box.top, 0);
    const right = Math.min(box.right, innerWidth);
    const bottom = Math.min(box.bottom, innerHeight);
    if (right - left >= 1 && bottom - top >= 1) return {x: (left + right) / 2, y: (top + bottom) / 2};
  }
  return null;
}

/** What would be hit at that point instead of the element; null when it is the element, a part of it, or its label. */
function coveredBy(element, {x, y}) {
  const hit = topmostAt(x, y);
  if (!hit) return 'nothing';
  if (isOrContains(element, hit)) return null;
  // A click on a label is one on its control, and the other way round for what a label wraps.
  const label = hit.closest?.('label');
  if (label && (label.control === element || label.contains(element))) return null;
  return nameOf(hit);
}

/**
 * Resolves to {x, y}, the point of this frame's viewport to act on, or to {problem}, which is true at this moment and
 * may pass. `wanted`: {enabled, editable, point, force, toggle}; visible is always wanted, and with `force` nothing
 * else. With `toggle` it is about what is pressed to switch the element. Scrolls it into view.
 */
async function whenActionable(named, wanted) {
  if (!named.isConnected) return {problem: 'is no longer part of the page', gone: true};
  const element = wanted.toggle ? pressableOf(named) : named;
  // A click is one on the label itself; all else is done to its control.
  const control = wanted.toggle ? toggleOf(named) ?? named : wanted.point ? named : controlOf(named);
  if (!isVisible(element)) return {problem: 'is not visible'};
  if (wanted.force) {
    if (!visiblePoint(element)) drawnOf(element).scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
    return visiblePoint(element) ?? {problem: 'is outside of the viewport'};
  }
  if (wanted.enabled && !(isEnabled(element) && isEnabled(control))) return {problem: 'is not enabled'};
  if (wanted.editable && !isEditable(control)) return {problem: 'is read-only'};
  if (!wanted.point) return {x: 0, y: 0};
  const before = element.getBoundingClientRect();
  await nextFrame();
  await nextFrame();
  let after = element.getBoundingClientRect();
  const moved = ['x', 'y', 'width', 'height'].some((side) => before[side] !== after[side]);
  if (moved) return {problem: 'is moving'};
  if (!visiblePoint(element) || coveredBy(element, visiblePoint(element))) {
    drawnOf(element).scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
    await nextFrame();
  }
  const point = pressPoint(element);
  if (!point) return {problem: 'is outside of the viewport'};
  const cover = coveredBy(element, point);
  if (cover) return {problem: `is covered by ${cover}`};
  return point;
}

/** Where this iframe's content begins in the viewport of its own frame; and what hides it at {x, y} of its content. */
function frameOffset(iframe, x, y) {
  const box = iframe.getBoundingClientRect();
  const style = getComputedStyle(iframe);
  const offset = {
    x: box.left + iframe.clientLeft + parseFloat(style.paddingLeft),
    y: box.top + iframe.clientTop + parseFloat(style.paddingTop),
  };
  const point = {x: offset.x + x, y: offset.y + y};
  const seen = point.x >= 0 && point.y >= 0 && point.x < innerWidth && point.y < innerHeight;
  if (!seen) {
    iframe.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
    return {...offset, problem: 'is outside of the viewport'};
  }
  const cover = coveredBy(iframe, point);
  return cover ? {...offset, problem: `is covered by ${cover}`} : offset;
}

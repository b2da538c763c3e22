// What words are painted in and what on: whether they stand out. A plane is {colours, unknown?}: what is painted at some
// place, where gradients have more than one colour, and pictures any.

// What the canvas below the root element is painted in: Chromium's for dark schemes, and white.
const kDarkCanvas = [18, 18, 18, 1];
const kLightCanvas = [255, 255, 255, 1];
const kUnknownPlane = {colours: [], unknown: true};

function usesDarkCanvas(owner) {
  const root = documentElementOf(owner);
  const own = root ? getComputedStyle(root).colorScheme : 'normal';
  const meta = own === 'normal' && flat.findAll(owner, 'meta[name="color-scheme" i]')[0];
  const scheme = meta ? attributeOf(meta, 'content') ?? '' : own;
  return /\bdark\b/.test(scheme) && (!/\blight\b/.test(scheme) || matchMedia('(prefers-color-scheme: dark)').matches);
}

function planeOf({style, up, opacity}) {
  const background = style.backgroundColor;
  const image = style.backgroundImage;
  if (background === 'rgba(0, 0, 0, 0)' && image === 'none') return up.plane;
  if (style.backgroundClip.includes('text')) return up.plane;
  const part = up.opacity ? opacity / up.opacity : 1;
  const [ground = kLightCanvas] = up.plane.colours;
  const colour = parseColour(background);
  const unknown = up.plane.unknown && colour[3] * part < 0.95;
  const base = colour[3] ? colourOver(colour, ground, part) : ground;
  if (image === 'none') return {colours: [base], unknown};
  const colours = gradientColours(image);
  // A picture may have any colour, unless it has no size to be drawn in.
  if (!colours) return {colours: [base], unknown: unknown || !/^0(px|%)?( 0(px|%)?)?$/.test(style.backgroundSize)};
  return {colours: colours.length ? colours.map((stop) => colourOver(stop, base, part)) : [base], unknown};
}

function standsOut(place, plane) {
  const {style, element, opacity} = place;
  if (/svg$/.test(namespaceOf(element))) {
    return [style.fill, style.stroke].some((paint) =>
      paint !== 'none' && (paint.startsWith('url') || showsColour(place, parseColour(paint), plane)));
  }
  const fill = parseColour(style.webkitTextFillColor);
  if (fill[3] * opacity >= kFaintest && (plane.unknown || showsColour(place, fill, plane))) return true;
  const outlined = Number.parseFloat(style.webkitTextStrokeWidth) > 0.3;
  if (outlined && showsColour(place, parseColour(style.webkitTextStrokeColor), plane)) return true;
  return showsShadow(place, plane) || showsClippedGround(place);
}

/** Whether that colour differs from all that is behind it, as it is after filters and blending. */
function showsColour({opacity, tint}, colour, {colours, unknown}) {
  if (unknown) return colour[3] * opacity >= kFaintest;
  return colours.some((ground) => {
    let top = colourOver(colour, ground);
    let behind = ground;
    for (let at = tint; at; at = at.up) {
      top = at.change(top);
      if (!at.ground.colours.includes(ground)) behind = at.change(behind);
    }
    return canTellColours(colourOver([...top.slice(0, 3), 1], behind, opacity), behind);
  });
}

function showsShadow(place, plane) {
  const {textShadow} = place.style;
  if (textShadow === 'none') return false;
  return textShadow.split(/,(?![^(]*\))/).some((shadow) => {
    const colour = shadow.match(kColourFunction)?.[0];
    const [x = 0, y = 0, blur = 0] = shadow.replace(kColourFunction, '').match(/-?[\d.]+/g)?.map(Number) ?? [];
    const away = Math.hypot(x, y);
    if (!colour || away >= 200 || blur > 5) return false;
    if (showsColour(place, parseColour(colour), plane)) return true;
    // Letters may stand out against their own shadow, as those that look raised.
    const shaded = plane.colours.map((ground) => colourOver(parseColour(colour), ground));
    return (away > 0 || blur > 0) && showsColour(place, parseColour(place.style.webkitTextFillColor), {colours: shaded});
  });
}

/** Text that is cut out of the background of an element around it: `background-clip: text`. */
function showsClippedGround(place) {
  for (let at = place; at?.element; at = at.up) {
    if (!at.style.backgroundClip.includes('text')) continue;
    const image = at.style.backgroundImage;
    const colours = gradientColours(image);
    const drawn = [parseColour(at.style.backgroundColor), ...colours ?? []];
    return !colours || drawn.some((colour) => colour[3] >= kFaintest && showsColour(place, colour, at.up.plane));
  }
  return false;
}

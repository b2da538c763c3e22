// Colours as [red, green, blue, alpha], 0 to 255 and 0 to 1; and whether one can be told from another.

const kLeastContrast = 1.2;   // of WCAG; below it, and
const kLeastDifference = 32;  // of the channel that differs most, nobody reads a text

const knownColours = new Map();  // by their text in a computed style
let colourCanvas;

/** Of any colour that a computed style can have. */
function parseColour(text) {
  const known = knownColours.get(text);
  if (known) return known;
  const plain = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.e-]+))?\)$/.exec(text);
  const colour = plain ? [+plain[1], +plain[2], +plain[3], plain[4] === undefined ? 1 : +plain[4]] : drawnColour(text);
  if (knownColours.size > 1000) knownColours.clear();
  knownColours.set(text, colour);
  return colour;
}

function drawnColour(text) {
  colourCanvas ??= new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  colourCanvas.clearRect(0, 0, 1, 1);
  colourCanvas.fillStyle = '#000';
  colourCanvas.fillStyle = text;
  colourCanvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = colourCanvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha / 255];
}

/** `top`, of which only the part `opacity` counts, over an opaque `ground`. */
function colourOver(top, ground, opacity = 1) {
  const alpha = top[3] * opacity;
  return [0, 1, 2].map((i) => top[i] * alpha + ground[i] * (1 - alpha)).concat(1);
}

function luminanceOf(colour) {
  const [red, green, blue] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function canTellColours(one, other) {
  if ([0, 1, 2].some((i) => Math.abs(one[i] - other[i]) >= kLeastDifference)) return true;
  const [dark, light] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05) >= kLeastContrast;
}

const kColourFunction = /(?:rgba?|color|oklab|oklch|lab|lch|hsla?|hwb)\([^()]*\)/g;

/** The colours of a computed `background-image` or `mask-image`; undefined where it has pictures. */
function gradientColours(image) {
  if (/url\(|image-set\(|element\(|paint\(/.test(image)) return undefined;
  return (image.match(kColourFunction) ?? []).map(parseColour);
}

// What a separable mix-blend-mode makes of a channel over another, from 0 to 1. Of the others, nothing is said.
const kBlends = {
  'multiply': (top, ground) => top * ground,
  'screen': (top, ground) => top + ground - top * ground,
  'darken': Math.min,
  'lighten': Math.max,
  'difference': (top, ground) => Math.abs(top - ground),
  'exclusion': (top, ground) => top + ground - 2 * top * ground,
  'plus-lighter': (top, ground) => Math.min(1, top + ground),
  'plus-darker': (top, ground) => Math.max(0, top + ground - 1),
  'color-dodge': (top, ground) => (ground === 0 ? 0 : top >= 1 ? 1 : Math.min(1, ground / (1 - top))),
  'color-burn': (top, ground) => (ground >= 1 ? 1 : top <= 0 ? 0 : 1 - Math.min(1, (1 - ground) / top)),
  'hard-light': (top, ground) => (top <= 0.5 ? 2 * top * ground : 1 - 2 * (1 - top) * (1 - ground)),
  'overlay': (top, ground) => (ground <= 0.5 ? 2 * top * ground : 1 - 2 * (1 - top) * (1 - ground)),
};

function blendColours(mode, top, ground) {
  const blend = kBlends[mode];
  return blend ? top.map((channel, i) => (i === 3 ? channel : 255 * blend(channel / 255, ground[i] / 255))) : top;
}

/** What the functions of a computed `filter` do: {opacity, blur (px), change(colour)}. */
function parseFilter(filter) {
  const found = {opacity: 1, blur: 0, change: (colour) => colour};
  for (const [, name, argument] of filter.matchAll(/([\w-]+)\(([^()]*)\)/g)) {
    const amount = Number.parseFloat(argument);
    const before = found.change;
    const each = (channel) => (colour) => before(colour).map((value, i) => (i === 3 ? value : channel(value)));
    if (name === 'opacity') found.opacity *= amount;
    if (name === 'blur') found.blur = Math.max(found.blur, amount);
    if (name === 'brightness') found.change = each((value) => Math.min(255, value * amount));
    if (name === 'contrast') found.change = each((value) => Math.min(255, Math.max(0, (value - 127.5) * amount + 127.5)));
    if (name === 'invert') found.change = each((value) => value + (255 - 2 * value) * amount);
  }
  return found;
}

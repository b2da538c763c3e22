// The images of a page.

const kImagesMax = 1_000;
const kImagesIconPx = 64;
const kImagesMaxDataUrl = 2_000;  // characters; longer ones are given as null

const imageIsSmall = (width, height) => width > 0 && height > 0 && width <= kImagesIconPx && height <= kImagesIconPx;

/** What the page says about an image; the caption of a figure where it says nothing itself. */
function imageDescription(element, tag) {
  const own = flat.attribute(element, 'alt') || flat.attribute(element, 'aria-label') || flat.attribute(element, 'title');
  if (own?.trim()) return flatLine(own, 500);
  const title = tag === 'svg:svg' && flat.find(element, 'title');
  if (title) return flatLine(flat.textContent(title), 500) || null;
  for (let at = element, i = 0; i < 4 && at && flat.nodeType(at) === Node.ELEMENT_NODE; at = flat.parentNode(at), ++i) {
    const caption = flat.localName(at) === 'figure' && flat.find(at, 'figcaption');
    if (caption) return flatLine(flatSeenText(caption), 500) || null;
  }
  return null;
}

function imageCategory(element, tag) {
  const box = flat.box(element);
  const words = ['class', 'aria-label', 'alt'].map((name) => flat.attribute(element, name) ?? '').join(' ').toLowerCase();
  const icon = words.includes('icon');
  if (tag === 'svg:svg') return icon || imageIsSmall(box.width, box.height) ? 'svg_icon' : 'svg_content';
  // One that has not been loaded has no size of its own yet.
  const natural = tag === 'img' && imageIsSmall(flat.naturalWidth(element), flat.naturalHeight(element));
  if (icon || natural || imageIsSmall(box.width, box.height)) return 'icon';
  const role = flat.attribute(element, 'role');
  const decorative = role === 'presentation' || role === 'none' || flat.attribute(element, 'aria-hidden') === 'true' ||
                     flat.attribute(element, 'alt') === '';
  return decorative ? 'decorative' : 'content_image';
}

/**
 * [{url, category, description}]: the site's icon first, then what is visible, in document order, each URL once. Drawings
 * inside of the page (svg) have no URL.
 */
function pageImages() {
  lookAnew();
  const {protocol, origin} = new URL(flat.url(document));
  const images = [{
    url: /^https?:$/.test(protocol) ? `${origin}/favicon.ico` : null, category: 'favicon', description: null,
  }];
  const seen = new Set();
  const root = flat.body(document);
  for (const element of root ? flatElements(root) : []) {
    if (images.length === kImagesMax) break;
    const tag = flatTag(element);
    const input = tag === 'input' && flat.inputType(element) === 'image';
    if (tag !== 'img' && !input && tag !== 'svg:svg') continue;
    if (tag === 'img' ? !sight.seesImage(element) : !sight.seesElement(element)) continue;
    if (tag === 'svg:svg' && flat.namespace(flat.parentNode(element))?.endsWith('svg')) continue;  // a part of another
    let url = tag === 'img' ? flatImageUrl(element) : input ? flatUrl(element, flat.attribute(element, 'src')) : null;
    if (tag !== 'svg:svg' && (!url || seen.has(url))) continue;
    seen.add(url);
    if (url?.startsWith('data:') && url.length > kImagesMaxDataUrl) url = null;
    images.push({url, category: imageCategory(element, tag), description: imageDescription(element, tag)});
  }
  return images;
}

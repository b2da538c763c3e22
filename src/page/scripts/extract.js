// For programs that read a page and act on it: its content, its controls, and selectors that find them again.

const kExtractMaxElements = 1_000;
const kExtractMaxText = 20_000;      // of one element
const kExtractMaxTotal = 2_000_000;  // of all texts and attributes together

const kExtractSecret = /(^|\s)(current-password|new-password|one-time-code|cc-\S+)($|\s)/i;
const kExtractRoles = new Set(
    ['button', 'link', 'checkbox', 'radio', 'switch', 'tab', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'option',
     'textbox', 'searchbox', 'combobox', 'slider', 'spinbutton', 'treeitem', 'gridcell']);

/**
 * A function that gives an element's selector: what it has of its own if that is unique in its root, else the way from
 * the nearest ancestor that is so, `host >> inner` in shadow roots. Null in frames: no selector leads there. What it has
 * found out stays valid as long as the page is not changed, that is during one call from outside.
 */
function extractSelectors() {
  const places = new Map();  // of elements among their siblings of the same name: [place, how many]
  const own = new Map();
  const only = new Map();  // by root, by selector: the element if there is one only
  const onlyOne = (root, selector) => {
    if (!only.has(root)) only.set(root, new Map());
    const known = only.get(root);
    if (!known.has(selector)) {
      const {prototype} = flat.nodeType(root) === Node.DOCUMENT_NODE ? Document : DocumentFragment;
      const found = prototype.querySelectorAll.call(root, selector);
      known.set(selector, found.length === 1 ? found[0] : null);
    }
    return known.get(selector);
  };

  const placeOf = (element) => {
    if (!places.has(element)) {
      const counts = new Map();
      const siblings = [...flat.childNodes(flat.parentNode(element))].filter((node) => flat.nodeType(node) === Node.ELEMENT_NODE);
      for (const sibling of siblings) {
        const count = counts.get(flat.localName(sibling)) ?? {total: 0};
        counts.set(flat.localName(sibling), count);
        places.set(sibling, [++count.total, count]);
      }
    }
    const [place, {total}] = places.get(element);
    return total > 1 ? `:nth-of-type(${place})` : '';
  };

  const ownSelector = (element, root) => {
    if (own.has(element)) return own.get(element);
    const tag = CSS.escape(flat.localName(element));
    const candidates = ['id', 'data-testid', 'data-test', 'name', 'aria-label'].map((name) => {
      const value = flat.attribute(element, name);
      if (!value || value.length > 100 || seenCharacters(value) !== value) return null;
      return name === 'id' ? `#${CSS.escape(value)}` : `${tag}[${name}="${CSS.escape(value)}"]`;
    });
    const unique = candidates.find((selector) => selector && onlyOne(root, selector) === element);
    own.set(element, unique ?? null);
    return unique ?? null;
  };

  const inRoot = (element, root) => {
    const steps = [];
    for (let node = element; node && flat.nodeType(node) === Node.ELEMENT_NODE; node = flat.parentNode(node)) {
      const unique = ownSelector(node, root);
      if (unique) return [unique, ...steps].join(' > ');
      steps.unshift(CSS.escape(flat.localName(node)) + placeOf(node));
    }
    // Without `:host`, the first step would be found on every level of a shadow tree.
    return [...flat.nodeType(root) === Node.DOCUMENT_NODE ? [] : [':host'], ...steps].join(' > ');
  };

  return (element) => {
    const parts = [];
    for (let node = element; node;) {
      const root = flat.rootOf(node);
      if (root === document) return [inRoot(node, root), ...parts].join(' >> ');
      if (!(root instanceof ShadowRoot)) return null;
      parts.unshift(inRoot(node, root));
      node = root.host;
    }
    return null;
  };
}

/** Fields whose value is nobody's business. */
function isExtractSecret(element, tag) {
  return (tag === 'input' && flat.inputType(element) === 'password') ||
         kExtractSecret.test(flat.attribute(element, 'autocomplete') ?? '');
}

/** The visible text of an element; shadow trees are rendered, which innerText does not do. */
function extractText(element, tag, limit) {
  if (/^(input|select|textarea)$/.test(tag)) return '';
  const text = flatSeenText(element);
  return text.slice(0, 2 * limit).trim().slice(0, limit);
}

function isInteractive(element, tag) {
  if (tag.includes(':')) return false;
  if (tag === 'input') return flat.inputType(element) !== 'hidden';
  if (tag === 'a' || tag === 'area') return flat.hasAttribute(element, 'href');
  if (/^(button|select|textarea|summary)$/.test(tag)) return true;
  if (kExtractRoles.has(flat.attribute(element, 'role')?.trim().toLowerCase())) return true;
  if (/^(|true|plaintext-only)$/i.test(flat.attribute(element, 'contenteditable') ?? 'false')) return true;
  return flat.hasAttribute(element, 'onclick') || Number.parseInt(flat.attribute(element, 'tabindex') ?? '-1', 10) >= 0;
}

/** What a person would call a control: its label, its text, or what stands in it while it is empty. */
function interactiveText(element, tag) {
  const attribute = (name) => flat.attribute(element, name);
  const button = tag === 'input' && /^(submit|button|reset)$/.test(flat.inputType(element)) ? flat.inputValue(element) : '';
  // Buttons, inputs, selects and text areas have labels, each under a getter of its own.
  const prototype = {input: HTMLInputElement, select: HTMLSelectElement, textarea: HTMLTextAreaElement}[tag]?.prototype;
  const labels = prototype ? Object.getOwnPropertyDescriptor(prototype, 'labels').get.call(element) : null;
  const label = labels?.length ? flat.innerText(labels[0]) : '';
  const texts = [attribute('aria-label'), button, label, extractText(element, tag, 1000),
                 sight.seesWords(element, '::placeholder') ? attribute('placeholder') : '', attribute('title'), attribute('alt')];
  return flatLine(texts.find((text) => text?.trim()), 200) || flatLabel(element);
}

function interactiveElements(selectorOf) {
  const found = [];
  const root = flat.body(document);
  for (const element of root ? flatElements(root, {frames: false}) : []) {
    if (found.length === kExtractMaxElements) break;
    const tag = flatTag(element);
    if (!isInteractive(element, tag)) continue;
    const box = flat.box(element);
    if (!box.width || !box.height) continue;
    if (!flat.matches(element, kTransparentControls) && !sight.seesElement(element, box)) continue;
    const selector = selectorOf(element);
    if (!selector) continue;
    const attribute = (name) => seenCharacters(flat.attribute(element, name) ?? '') || undefined;
    found.push({
      tag, type: tag === 'input' ? flat.inputType(element) : tag === 'button' ? attribute('type') ?? 'submit' : null,
      text: interactiveText(element, tag), selector, role: attribute('role'), id: attribute('id'), name: attribute('name'),
      placeholder: sight.seesWords(element, '::placeholder') ? attribute('placeholder') : undefined, href: tag === 'a' ? flatUrl(element, attribute('href')) ?? undefined : undefined,
      disabled: flat.matches(element, ':disabled') || undefined,
      checked: tag === 'input' && /^(checkbox|radio)$/.test(flat.inputType(element)) ? flat.inputChecked(element) : undefined,
    });
  }
  return found;
}

/**
 * Pieces of the content with where they are. With more of them than `limit`, headings go before links, links before
 * paragraphs, so that the whole page is covered; the order is that of the page.
 */
function contentAnchors(tree, selectorOf, limit) {
  const rank = ({tag}) => (kRenderHeading.test(tag) ? 0 : tag === 'a' ? 1 : /^(p|li|td)$/.test(tag) ? 2 : 3);
  const seen = new Set();
  const places = renderedNodes(tree).map((node, order) => ({node, order, rank: rank(node)})).filter(({node, rank}) => {
    if (rank === 3 || !node.source || seen.has(node.source)) return false;
    // An item with paragraphs, a heading that is a link: what is inside stands for it.
    const inner = node.children.filter((child) => !isRenderBlank(child));
    if (inner.some(isRenderBlock) || (inner.length === 1 && inner[0].tag === 'a')) return false;
    seen.add(node.source);
    return true;
  });
  const anchors = [];
  for (const place of places.sort((a, b) => a.rank - b.rank || a.order - b.order)) {
    if (anchors.length >= limit) break;
    const text = flatLine(renderedText(place.node), 120);
    const selector = text && selectorOf(place.node.source);
    if (selector) anchors.push({order: place.order, text, selector});
  }
  return anchors.sort((a, b) => a.order - b.order).map(({text, selector}) => ({text, selector}));
}

/**
 * {readable_content: {title, content, url, excerpt, lang, length, truncated}, interactive_elements, content_anchors}. The
 * content is Markdown without URLs, but with the labels of buttons, which the reader may want to look up among the
 * elements and anchors.
 */
function readableContent({include_interactive = true, include_anchors = true, max_anchors = 50} = {}) {
  lookAnew();
  const root = flat.body(document) ?? flat.documentElement(document);
  const {tree, truncated} = root ? renderContent(root, true, {main: true, buttons: true}) :
                                   {tree: renderBlock('div', []), truncated: false};
  const selectorOf = extractSelectors();
  const anchors = include_anchors ? contentAnchors(tree, selectorOf, Math.min(max_anchors, kExtractMaxElements)) : null;
  for (const node of renderedNodes(tree)) node.href = null;
  const text = contentMarkdown(tree);
  const content = contentCut(text, kContentMaxMarkdown);
  const first = renderedNodes(tree).find((node) => node.tag === 'p' && node.length >= 80);
  const html = flat.documentElement(document);
  return {
    readable_content: {
      title: flatLine(flat.title(document), 1000), content, url: flat.url(document),
      excerpt: first ? flatLine(renderedText(first), 300) : null, lang: (html && flat.attribute(html, 'lang')) || null,
      length: content.length, truncated: truncated || content.length < text.length,
    },
    interactive_elements: include_interactive ? interactiveElements(selectorOf) : null,
    content_anchors: anchors,
  };
}

const isExtractSeen = (element) => flatVisibility(element) === 'shown' &&
    (flat.matches(element, kTransparentControls) || sight.seesElement(element) || flatSeenText(element) !== '');
const kExtractDefault = 'a[href], button, input:not([type=hidden]), select, textarea, h1, h2, h3, h4, h5, h6, p, li, td, th, img';
const kExtractUrls = new Set(['href', 'src', 'action', 'poster', 'cite', 'data']);

/**
 * {elements: [{tag, id, text, class?, <attribute>...}], count, truncated}: the elements that `selector` names; without one
 * the visible ones that hold text or can be acted on. Each of `attributes` is a member, null where it is absent, URLs are
 * absolute. `count` is that of `elements`. Throws for selectors that are none.
 */
function extractElements(selector, attributes, limit = kExtractMaxElements) {
  lookAnew();
  const found = selector ? findAll(selector) :
                           findAll(kExtractDefault).filter(isExtractSeen);
  const elements = [];
  let left = kExtractMaxTotal;
  for (const element of found) {
    if (elements.length >= limit || left <= 0) break;
    const tag = flatTag(element);
    const value = (name) => {
      if (name === 'text') return extractText(element, tag, kExtractMaxText);
      if (name === 'tag') return tag;
      if (name === 'value' && isExtractSecret(element, tag)) return null;
      // What has been typed, not what was there at first.
      if (name === 'value' && /^(input|select|textarea)$/.test(tag)) return element.value.slice(0, kExtractMaxText);
      const given = flat.attribute(element, name)?.slice(0, kExtractMaxText) ?? null;
      return given !== null && kExtractUrls.has(name) ? flatUrl(element, given) ?? given : given;
    };
    const members = ['tag', 'id', 'text', ...(flat.attribute(element, 'class') ? ['class'] : []), ...(attributes ?? [])];
    // As entries: an attribute called __proto__ is a member like others.
    const entry = Object.fromEntries(members.map((name) => [name, value(String(name))]));
    left -= Object.values(entry).reduce((sum, text) => sum + (text?.length ?? 0), 0);
    elements.push(entry);
  }
  return {elements, count: elements.length, truncated: elements.length < found.length};
}

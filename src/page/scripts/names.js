// What an element is called and how a listing shows it. No text that leaves here can forge a line of the listing, or is
// a secret: the values of password, card and one-time-code fields stay in the page.

const kTextLimit = 4096;         // characters of one text, name or attribute; the rest is cut
const kLineAttributeLimit = 60;  // characters of an attribute in a line of the listing
const kLabelNodeLimit = 500;     // nodes that are searched for the text of one label
const kLabelLimit = 20;          // labels that one name is made of
const kOptionLimit = 300;        // options of one <select>

const firstChildOf = safeGetter(Node.prototype, 'firstChild');
const childNodesOf = safeGetter(Node.prototype, 'childNodes');
const rootOf = safeMethod(Node.prototype, 'getRootNode');
const shadowRootOf = safeGetter(Element.prototype, 'shadowRoot');
const assignedNodesOf = safeMethod(HTMLSlotElement.prototype, 'assignedNodes');
const dataOf = safeGetter(CharacterData.prototype, 'data');
const nodeTypeOf = safeGetter(Node.prototype, 'nodeType');
const elementById = new Map([
  [Node.DOCUMENT_NODE, safeMethod(Document.prototype, 'getElementById')],
  [Node.DOCUMENT_FRAGMENT_NODE, safeMethod(DocumentFragment.prototype, 'getElementById')],
]);

/**
 * One line, white space as a browser shows it, of at most kTextLimit characters: `bounds.truncated` becomes true when
 * there were more. Half surrogates, which no UTF-8 can carry, are replaced.
 */
function oneLine(raw, bounds) {
  if (raw.length > kTextLimit) bounds.truncated = true;
  return seenCharacters(raw.slice(0, kTextLimit)).replace(/\s+/g, ' ').trim().toWellFormed();
}

/** texts[from] and what follows, up to kTextLimit characters or a text more. */
function joinTexts(texts, from) {
  let joined = '';
  for (let i = from; i < texts.length && joined.length < kTextLimit; ++i) joined += joined ? ` ${texts[i]}` : texts[i];
  return joined;
}

/** The nodes of its host that a <slot> shows, or undefined when it shows its own children. */
function slottedIn(slot) {
  const nodes = namespaceOf(slot) === kXhtml ? assignedNodesOf(slot) : [];
  return nodes.length ? nodes : undefined;
}

// What such elements hold are not words of the label around them.
const kNoLabelText = new Set(['script', 'style', 'template', 'noscript', 'svg', 'select', 'textarea']);

/** The text of an element that names another; hidden or not, because labels are often hidden on purpose. */
function labelTextOf(label, bounds) {
  const own = attributeOf(label, 'aria-label');
  if (own?.trim()) return oneLine(own, bounds);
  let text = '';
  const left = [label];
  for (let i = 0; left.length && i < kLabelNodeLimit && text.length < kTextLimit; ++i) {
    const node = left.pop();
    if (nodeTypeOf(node) === Node.TEXT_NODE) text += ` ${dataOf(node).slice(0, kTextLimit)}`;
    if (nodeTypeOf(node) !== Node.ELEMENT_NODE || kNoLabelText.has(tagOf(node))) continue;
    const children = (tagOf(node) === 'slot' && slottedIn(node)) || childNodesOf(shadowRootOf(node) ?? node);
    for (let child = Math.min(children.length, kLabelNodeLimit); child-- > 0;) left.push(children[child]);
  }
  return oneLine(text, bounds);
}

/** The words of all labels, or '' when there are none. */
const joinLabels = (labels, bounds) => joinTexts([...labels].slice(0, kLabelLimit).map((label) => {
  if (!bounds.labelTexts.has(label)) bounds.labelTexts.set(label, labelTextOf(label, bounds));
  return bounds.labelTexts.get(label);
}).filter(Boolean), 0);

/** The elements that aria-labelledby names, looked for where ids count: in the element's own tree. */
function labelledBy(element) {
  const ids = attributeOf(element, 'aria-labelledby');
  if (!ids) return [];
  const root = rootOf(element);
  return ids.slice(0, kTextLimit).split(/\s+/).slice(0, kLabelLimit)
      .map((id) => elementById.get(nodeTypeOf(root))(root, id)).filter(Boolean);
}

const kHasLabels = 'button,input,meter,output,progress,select,textarea';
// The order is part of the contract; after these come the text, and the source or target.
const kNamingAttributes = ['aria-label', 'name', 'title', 'alt', 'placeholder', 'value'];

/** `text`: all that the element and its descendants show. `bounds`: {truncated, labelTexts} of this observation. */
function accessibleNameOf(element, tag, text, bounds) {
  const labelled = joinLabels(labelledBy(element), bounds);
  if (labelled) return labelled;
  const labels = matchesSelector(element, kHasLabels) && element.labels;
  const label = labels ? joinLabels(labels, bounds) : '';
  if (label) return label;
  for (const attribute of kNamingAttributes) {
    const value = shownAttributeOf(element, attribute)?.trim();
    if (value) return oneLine(value, bounds);
  }
  if (text && (tag === 'button' || tag === 'a' || tag === 'label')) return text;
  if (tag !== 'a' && tag !== 'img') return '';
  return listedAttribute(attributeOf(element, 'src') ?? attributeOf(element, 'href') ?? '', bounds);
}

const kSecretField = 'input[type="password" i],[autocomplete*="cc-" i],[autocomplete~="one-time-code" i],' +
                     '[autocomplete~="current-password" i],[autocomplete~="new-password" i]';
// What was a password field once stays secret: buttons that show the password make it a text field.
const secretFields = new WeakSet();

function holdsSecret(element) {
  if (matchesSelector(element, kSecretField)) secretFields.add(element);
  return secretFields.has(element);
}

// Attributes, not properties: what was typed is the user's, and is not repeated here.
function shownAttributeOf(element, name) {
  const value = attributeOf(element, name) ?? (name === 'href' ? attributeOf(element, 'xlink:href') : null);
  if (!value || (name !== 'value' && name !== 'placeholder')) return value;
  if (name === 'placeholder') return sight.seesWords(element, '::placeholder') ? value : null;
  // Of buttons it is the name, whatever they look like.
  return holdsSecret(element) || (isTextField(element) && !sight.seesWords(element)) ? null : value;
}

const isTextField = (element) => !matchesSelector(element, kValuesOfButtons);
const kValuesOfButtons = `button,${['button', 'submit', 'reset', 'image', 'checkbox', 'radio'].map(
    (type) => `input[type="${type}" i]`)}`;

// In this order, and with "_" for "-".
const kShownAttributes = ['title', 'type', 'name', 'role', 'tabindex', 'aria-label', 'placeholder', 'value', 'alt',
                          'src', 'href', 'aria-expanded'];

/** An attribute as a listing shows it. The bytes in a data: URL say nothing to its reader, and fill pages. */
const listedAttribute = (raw, bounds) =>
    raw.startsWith('data:') ? shorten(oneLine(raw.slice(0, kTextLimit), bounds)) : oneLine(raw, bounds);

const shorten = (value) =>
    value.length > kLineAttributeLimit ? `${value.slice(0, kLineAttributeLimit).toWellFormed()}...` : value;

/** {description, line}: `<tag attributes>text</tag>`, whole and with short attributes. */
function renderElement(element, tag, text, bounds) {
  let whole = '';
  let short = '';
  for (const attribute of kShownAttributes) {
    const raw = shownAttributeOf(element, attribute);
    if (raw === null) continue;
    const value = listedAttribute(raw, bounds);
    const name = attribute.replace('-', '_');
    whole += ` ${name}="${value.replaceAll('"', '&quot;')}"`;
    short += ` ${name}="${shorten(value).replaceAll('"', '&quot;')}"`;
  }
  return {description: `<${tag}${whole}>${text}</${tag}>`, line: `<${tag}${short}>${text}</${tag}>`};
}

const optionsOf = (select, bounds) => {
  if (select.options.length > kOptionLimit) bounds.truncated = true;
  return Array.from({length: Math.min(select.options.length, kOptionLimit)},
                    (_, i) => oneLine(select.options[i].label, bounds));
};

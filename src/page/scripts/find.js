// Selectors: CSS (`>>` steps into what the left side has found, shadow root or not), `xpath=` or what starts with `/`
// or `(/`, `text=`, and `option=`, an option of an open dropdown by its text. Open shadow roots are searched, too.

/** All roots below `root`, itself first: open shadow roots in document order. */
function searchRoots(root) {
  const roots = [root];
  for (let i = 0; i < roots.length; ++i) {
    for (const element of roots[i].querySelectorAll('*')) {
      if (element.shadowRoot) roots.push(element.shadowRoot);
    }
  }
  return roots;
}

function findByCss(root, selector) {
  const found = [];
  for (const place of searchRoots(root)) {
    try {
      found.push(...place.querySelectorAll(selector));
    } catch {
      throw new Error(`'${selector}' is not a valid CSS selector`);
    }
  }
  return found;
}

function findByXpath(root, expression) {
  let result;
  try {
    result = document.evaluate(expression, root instanceof Document ? root : root.host ?? root, null,
                               XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
  } catch {
    throw new Error(`'${expression}' is not a valid XPath expression`);
  }
  const found = [];
  for (let i = 0; i < result.snapshotLength; ++i) {
    if (result.snapshotItem(i) instanceof Element) found.push(result.snapshotItem(i));
  }
  return found;
}

/** The innermost elements whose text contains `text`, without regard to case and to the kind of white space. */
function findByText(root, text) {
  const squeeze = (value) => value.replace(/\s+/g, ' ').trim().toLowerCase();
  const wanted = squeeze(text);
  if (!wanted) throw new Error("'text=' needs a text after it");
  const textOf = (element) => {
    if (element instanceof HTMLInputElement && /^(button|submit|reset)$/.test(element.type)) return element.value;
    return element.innerText ?? element.textContent ?? '';
  };
  const found = [];
  for (const place of searchRoots(root)) {
    for (const element of place.querySelectorAll('*')) {
      if (/^(script|style|template|noscript|head|title)$/.test(element.localName)) continue;
      // textContent is cheap and contains whatever innerText shows, but for transformed case.
      const cheap = element instanceof HTMLInputElement ? element.value : element.textContent;
      if (!squeeze(cheap).includes(wanted) || !squeeze(textOf(element)).includes(wanted)) continue;
      // In document order, ancestors come first: the last one inside of another replaces it.
      while (found.length && found[found.length - 1].contains(element)) found.pop();
      found.push(element);
    }
  }
  return found;
}

function findOption(label) {
  const squeeze = (value) => value.replace(/\s+/g, ' ').trim();
  return findByCss(document, '[role=option]').filter(
    (element) => squeeze(element.textContent) === squeeze(label) || element.getAttribute('value') === label);
}

/** Every element that `selector` names, in document order of each root. Throws an Error that says what is wrong with it. */
function findAll(selector) {
  const text = selector.trim();
  if (!text) throw new Error('the selector is empty');
  if (text.startsWith('xpath=')) return findByXpath(document, text.slice('xpath='.length));
  if (text.startsWith('/') || text.startsWith('(/')) return findByXpath(document, text);
  if (text.startsWith('text=')) return findByText(document, text.slice('text='.length));
  if (text.startsWith('option=')) return findOption(text.slice('option='.length));
  let roots = [document];
  let found = [];
  for (const step of text.replace(/^css=/, '').split(/\s+>>\s+/)) {
    found = [...new Set(roots.flatMap((root) => findByCss(root, step)))];
    roots = found.flatMap((element) => (element.shadowRoot ? [element.shadowRoot, element] : [element]));
  }
  return found;
}

// As an observation's ids are: a capital letter and a number. H1 to H6 are selectors.
const kIdShape = /^(?!H[1-6]$)[A-Z][0-9]+$/;

/** The first of them that is shown, else the first, else null. Throws where an id was given that stands for nothing. */
function findElement(selector) {
  const found = findAll(selector);
  // No page has such an element: to wait for one would be in vain.
  if (!found.length && kIdShape.test(selector.trim())) {
    throw new Error(`there is no element ${selector.trim()} in the last observation of the page: observe it again`);
  }
  return found.find((element) => element.checkVisibility({visibilityProperty: true})) ?? found[0] ?? null;
}

// Runs in an isolated world of every document: the page can neither see it nor call the binding that it reports through.
// Reports trusted interactions (click, key, settled scroll) and the document's time origin.
(() => {
  const report = globalThis[BINDING];
  if (typeof report !== 'function' || globalThis.telltale.interactions) return;
  globalThis.telltale.interactions = true;
  const send = (message) => report(JSON.stringify(message));
  const {listen, whenRenewed} = globalThis.telltale;
  // Every document has a timeline of its own; reports of one tab are spaced across its documents and frames.
  const wallTime = (milliseconds) => performance.timeOrigin + milliseconds;

  const TEXT_LIMIT = 100;
  const SCROLL_SETTLED_MS = 300;
  const SCROLL_MINIMUM_PX = 5;
  const SCROLL_SPACING_MS = 51;
  const SCROLL_BACKLOG_MS = 5000;  // what would be reported later than that is dropped: a flood
  const SCROLLABLE_SCAN_LIMIT = 5000;

  // Form controls named "id", "tagName" or "getAttribute" hide these members of their form, and elements named "body"
  // those of the document, in this world as well. The getters and methods of the prototypes cannot be hidden.
  const method = (prototype, name) => {
    const call = prototype[name];
    return (object, ...args) => Reflect.apply(call, object, args);
  };
  const getter = (prototype, name) => {
    const get = Object.getOwnPropertyDescriptor(prototype, name).get;
    return (object) => Reflect.apply(get, object, []);
  };
  const attributeOf = method(Element.prototype, 'getAttribute');
  const queryAll = {
    element: method(Element.prototype, 'querySelectorAll'),
    document: method(Document.prototype, 'querySelectorAll'),
    fragment: method(DocumentFragment.prototype, 'querySelectorAll'),
  };
  const rootOf = method(Node.prototype, 'getRootNode');
  const parentElementOf = getter(Node.prototype, 'parentElement');
  const parentNodeOf = getter(Node.prototype, 'parentNode');
  const childNodesOf = getter(Node.prototype, 'childNodes');
  const localNameOf = getter(Element.prototype, 'localName');
  const tagNameOf = (element) => getTagName(element).toUpperCase();
  const getTagName = getter(Element.prototype, 'tagName');
  const editableGetter = getter(HTMLElement.prototype, 'isContentEditable');
  const isContentEditable = (element) => element instanceof HTMLElement && editableGetter(element);
  const idOf = (element) => attributeOf(element, 'id') || '';
  const scrollLeftOf = getter(Element.prototype, 'scrollLeft');
  const scrollTopOf = getter(Element.prototype, 'scrollTop');
  const documentElementOf = getter(Document.prototype, 'documentElement');
  const readyStateOf = getter(Document.prototype, 'readyState');
  const createTreeWalker = method(Document.prototype, 'createTreeWalker');

  // Ids of setTimeout are shared with the page: it could see and clear them. Tasks of the scheduler have none.
  const later = (milliseconds, action) => scheduler.postTask(action, {delay: milliseconds}).catch(() => {});

  const SENSITIVE_TOKENS = new Set([
    'current-password', 'new-password', 'one-time-code', 'cc-number', 'cc-csc', 'cc-exp', 'cc-exp-month', 'cc-exp-year',
    'cc-name', 'cc-type', 'transaction-amount', 'ssn', 'passport', 'drivers-license',
  ]);
  const SENSITIVE_NAME = /passw|passwd|secret|cvv|cvc|ssn|card.?num|account.?num|pin\b|tax.?id|natl.?id/i;

  const isTextField = (element) => {
    const tag = tagNameOf(element);
    return tag === 'INPUT' || tag === 'TEXTAREA';
  };
  const isEditable = (element) =>
    isTextField(element) || isContentEditable(element) ||
    (attributeOf(element, 'role') || '').toLowerCase() === 'textbox';

  const isSensitiveField = (element) => {
    if (!isEditable(element)) return false;
    if ((attributeOf(element, 'type') || '').toLowerCase() === 'password') return true;
    const tokens = (attributeOf(element, 'autocomplete') || '').toLowerCase().split(/\s+/);
    if (tokens.some((token) => SENSITIVE_TOKENS.has(token))) return true;
    return [attributeOf(element, 'name'), idOf(element), attributeOf(element, 'aria-label')].some(
        (name) => name && SENSITIVE_NAME.test(name));
  };

  // A field that was a password field once stays one: "show password" buttons switch the type to text.
  const passwordsOnce = new WeakSet();
  // The focused editing host counts as well: keys typed into its descendants belong to it.
  const isSensitive = (element) => {
    for (let node = element; node instanceof Element; node = parentElementOf(node)) {
      if (passwordsOnce.has(node)) return true;
      if (isSensitiveField(node)) {
        passwordsOnce.add(node);
        return true;
      }
      if (isTextField(node)) return false;
    }
    return false;
  };
  listen('focusin', (event) => {
    const element = event.composedPath()[0];
    if (element instanceof Element) isSensitive(element);
  });

  const isUnique = (root, selector, element) => {
    const query = root instanceof Document ? queryAll.document :
                  root instanceof Element  ? queryAll.element :
                                             queryAll.fragment;
    const found = query(root, selector);
    return found.length === 1 && found[0] === element;
  };

  // A unique CSS path inside one document or shadow root.
  const pathInRoot = (element, root) => {
    const steps = [];
    for (let node = element; node instanceof Element; node = parentElementOf(node)) {
      if (idOf(node)) {
        const byId = '#' + CSS.escape(idOf(node));
        if (isUnique(root, byId, node)) {
          steps.unshift(byId);
          break;
        }
      }
      const name = localNameOf(node);
      const tag = CSS.escape(name);
      const parent = parentNodeOf(node);
      const twins = parent ? [...childNodesOf(parent)].filter((n) => n instanceof Element && localNameOf(n) === name) : [];
      steps.unshift(twins.length > 1 ? `${tag}:nth-of-type(${twins.indexOf(node) + 1})` : tag);
    }
    return steps.join(' > ');
  };

  // " >>> " marks the step from a shadow host into its shadow root.
  const selectorOf = (element) => {
    const parts = [];
    for (let node = element; node instanceof Element;) {
      const root = rootOf(node);
      parts.unshift(pathInRoot(node, root));
      node = root instanceof ShadowRoot ? root.host : null;
    }
    return parts.join(' >>> ');
  };

  const hasSensitiveName = (element) =>
    SENSITIVE_NAME.test(idOf(element)) || SENSITIVE_NAME.test(attributeOf(element, 'aria-label') || '');

  const textOf = (element) => {
    if (isSensitive(element) || hasSensitiveName(element)) return '';
    let text = '';
    for (const child of childNodesOf(element)) {
      if (child.nodeType === Node.TEXT_NODE) text += child.data;
      if (text.length > 10 * TEXT_LIMIT) break;
    }
    return text.trim().slice(0, TEXT_LIMIT);
  };

  // The event's real target also inside open shadow roots; listeners on window see only the host in event.target.
  const targetOf = (event) => {
    const target = event.composedPath()[0];
    if (target instanceof Element) return target;
    return target instanceof Document ? documentElementOf(target) : null;
  };

  listen('click', (event) => {
    if (!event.isTrusted) return;
    const target = targetOf(event);
    if (!target) return;
    send({
      type: 'click', t: wallTime(event.timeStamp), x: event.clientX, y: event.clientY, detail: event.detail,
      selector: selectorOf(target), tag: tagNameOf(target), text: textOf(target),
    });
  });

  listen('keydown', (event) => {
    if (!event.isTrusted) return;
    const target = targetOf(event);
    if (!target || isSensitive(target)) return;
    send({
      type: 'key', t: wallTime(event.timeStamp), key: event.key, selector: selectorOf(target),
      tag: tagNameOf(target),
    });
  });

  const positionOf = (target) =>
    target === document ? {x: scrollX, y: scrollY} : {x: scrollLeftOf(target), y: scrollTopOf(target)};

  // Where each scroller rested last. A scroll event comes after the first movement, so the start must be known before.
  const rested = new WeakMap();
  const moving = new Map();

  // Reports of one kind are spaced (rate_limit.hpp): those of elements that come to rest together wait for their turn.
  let nextScrollReport = 0;
  const sendScroll = (message) => {
    const now = performance.now();
    const at = Math.max(now, nextScrollReport);
    if (at - now > SCROLL_BACKLOG_MS) return;
    nextScrollReport = at + SCROLL_SPACING_MS;
    if (at === now) send({...message, t: wallTime(at)});
    else later(at - now, () => send({...message, t: wallTime(at)}));
  };

  const settle = (target) => {
    const {from} = moving.get(target);
    moving.delete(target);
    const to = positionOf(target);
    rested.set(target, to);
    if (Math.abs(to.x - from.x) <= SCROLL_MINIMUM_PX && Math.abs(to.y - from.y) <= SCROLL_MINIMUM_PX) return;
    sendScroll({
      type: 'scroll', from_x: from.x, from_y: from.y, to_x: to.x, to_y: to.y,
      target_selector: target === document ? 'document' : selectorOf(target),
    });
  };
  const settleWhenQuiet = (target, wait) => later(wait, () => {
    const quiet = performance.now() - moving.get(target).last;
    if (quiet >= SCROLL_SETTLED_MS) settle(target);
    else settleWhenQuiet(target, SCROLL_SETTLED_MS - quiet);
  });

  listen('scroll', (event) => {
    if (!event.isTrusted) return;
    const origin = event.composedPath()[0];
    const target = origin instanceof Element ? origin : document;
    const known = moving.get(target);
    if (known) {
      known.last = performance.now();
      return;
    }
    const from = rested.get(target) || {x: 0, y: 0};
    moving.set(target, {from, last: performance.now()});
    settleWhenQuiet(target, SCROLL_SETTLED_MS);
  });

  // In a document that was already there, scrollers may rest anywhere.
  const rememberScrollers = () => {
    rested.set(document, positionOf(document));
    const root = documentElementOf(document);
    if (!root) return;
    const walker = createTreeWalker(document, root, NodeFilter.SHOW_ELEMENT);
    for (let i = 0; i < SCROLLABLE_SCAN_LIMIT && walker.nextNode(); ++i) {
      const element = walker.currentNode;
      if (scrollTopOf(element) || scrollLeftOf(element)) rested.set(element, positionOf(element));
    }
  };
  if (readyStateOf(document) !== 'loading') rememberScrollers();
  // What is written anew begins where it is now, and was not scrolled there.
  whenRenewed(() => {
    const position = positionOf(document);
    rested.set(document, position);
    if (moving.has(document)) moving.get(document).from = position;
  });

  const sendDocument = () => send({
    type: 'document', time_origin: performance.timeOrigin, t: wallTime(performance.now()),
  });
  sendDocument();
  // From the back/forward cache: others have been shown in this frame meanwhile. Not at once, when nobody listens yet.
  listen('pageshow', (event) => {
    if (event.isTrusted && event.persisted) later(0, sendDocument);
  });
})();

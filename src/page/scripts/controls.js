// The native control behind what is seen: pages hide file inputs, check boxes and radio buttons, and show a label, a
// button or a box of their own in their place.

// How far around what was named a control is looked for that nothing else ties to it.
const kLevelsAround = 3;
const kFileInput = 'input[type=file]';
const kNativeToggle = 'input[type=checkbox],input[type=radio]';
const kOwnToggle = '[aria-checked],[aria-pressed]';

function findInside(element, selector) {
  const own = element.shadowRoot ? findByCss(element.shadowRoot, selector) : [];
  return [...findByCss(element, selector), ...own];
}

/** The control that the element is, is the label of, or has inside: when it is the only one. */
function controlBehind(named, selector) {
  if (named.matches(selector)) return named;
  const control = named.closest('label')?.control;
  if (control?.matches(selector)) return control;
  const inside = findInside(named, selector);
  return inside.length === 1 ? inside[0] : null;
}

/** Sends its form, or leads elsewhere: never pressed for the sake of a control that is near. */
function leadsAway(element) {
  const button = element.closest('button, input, a[href], area[href]');
  if (!button) return false;
  if (button.matches('a, area')) return !/^(#|javascript:)/i.test(button.getAttribute('href').trim());
  return Boolean(button.form) && /^(submit|reset|image)$/.test(button.type);
}

/** The only control around what was named, which no label ties to it. */
function controlNear(named, selector) {
  if (leadsAway(named)) return null;
  let at = named;
  for (let level = 0; level < kLevelsAround; ++level) {
    at = parentAcrossShadow(at);
    if (at instanceof ShadowRoot) at = at.host;
    if (!(at instanceof Element) || at.matches('body, form')) return null;
    const found = findInside(at, selector);
    if (found.length > 0) return found.length === 1 ? found[0] : null;
  }
  return null;
}

/** What is on or off: a native control before what only says so of itself. */
function toggleOf(named) {
  const native = controlBehind(named, kNativeToggle);
  if (native) return native;
  return controlBehind(named, kOwnToggle) ?? controlNear(named, kNativeToggle) ?? controlNear(named, kOwnToggle);
}

/** Whether the checkbox, radio button or switch that was named, or the one behind it, is on; null when there is none. */
function checkedState(named) {
  const element = toggleOf(named);
  if (!element) return null;
  if (element.matches(kNativeToggle)) return element.checked;
  return (element.getAttribute('aria-checked') ?? element.getAttribute('aria-pressed')) === 'true';
}

let foundInput = null;

/**
 * Whether files can be given to the element, or to the one behind it, which foundFileInput() is from then on: {ok, multiple}
 * or {error}.
 */
function fileInput(named) {
  foundInput = controlBehind(named, kFileInput) ?? controlNear(named, kFileInput);
  if (!foundInput) return {error: `${nameOf(named)} is no <input type="file">, and there is none behind it`};
  if (!isEnabled(foundInput)) return {error: `${nameOf(foundInput)} is not enabled`};
  if (foundInput.webkitdirectory) return {error: `${nameOf(foundInput)} takes a folder, not a file`};
  return {ok: true, multiple: foundInput.multiple};
}

function foundFileInput() {
  return foundInput;
}

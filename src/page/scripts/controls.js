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

/** {checked, radio} of the checkbox, radio button or switch that was named, or of the one behind it; null: none is. */
function toggleState(named) {
  const element = toggleOf(named);
  if (!element) return null;
  if (element.matches(kNativeToggle)) return {checked: element.checked, radio: element.type === 'radio'};
  const state = element.getAttribute('aria-checked') ?? element.getAttribute('aria-pressed');
  return {checked: state === 'true', radio: element.getAttribute('role') === 'radio'};
}

/**
 * Large enough to be seen and hit, where one can scroll to: not the 1 px that stays of what is there for screen readers
 * only, nor beyond the document's beginning.
 */
function isHittable(element) {
  if (!isVisible(element)) return false;
  const box = element.getBoundingClientRect();
  return box.width >= 2 && box.height >= 2 && box.right + scrollX > 0 && box.bottom + scrollY > 0;
}

/** What to press to switch what was named: itself, or what is seen in the place of its control. */
function pressableOf(named) {
  const control = toggleOf(named);
  if (!control) return named;
  const tied = control === controlBehind(named, kNativeToggle) || control === controlBehind(named, kOwnToggle);
  const labels = [...(control.labels ?? [])];
  const places = tied ? [named, ...labels, control] : [control, ...labels, named];
  // Where all of these are hidden, a script listens on what is next to it, or around.
  places.push(control.nextElementSibling, control.previousElementSibling, control.parentElement);
  return places.find((place) => place && isHittable(place)) ?? named;
}

/**
 * Whether files can be given to the element, or to the one behind it: {input, multiple, problem?}; {chooser: true}: it
 * may open a file chooser when it is pressed; {error}.
 */
function fileInput(named) {
  const input = fileInputOf(named);
  if (input) {
    const answer = {input: true, multiple: input.multiple};
    if (!isEnabled(input)) return {...answer, problem: 'is not enabled'};
    if (input.webkitdirectory) return {...answer, problem: 'takes a folder, not a file'};
    return answer;
  }
  const typed = isTextControl(named) || named.matches('select, option, iframe, html, body');
  if (!typed && !leadsAway(named)) return {chooser: true};
  return {error: `${nameOf(named)} is no <input type="file">, and opens none`};
}

function fileInputOf(named) {
  return controlBehind(named, kFileInput);
}

/** The file input next to something that was pressed in vain. */
function fileInputNear(named) {
  const input = controlNear(named, kFileInput);
  return input && isEnabled(input) && !input.webkitdirectory ? input : null;
}

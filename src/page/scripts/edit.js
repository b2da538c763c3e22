// What is done to form controls where the mouse and the keyboard are not enough.

function announceChange(element) {
  element.dispatchEvent(new Event('input', {bubbles: true, composed: true}));
  element.dispatchEvent(new Event('change', {bubbles: true}));
}

/** The label's control, where a label was named, and what takes the keys, where an editor was that only draws text. */
function controlOf(element) {
  if (element instanceof HTMLLabelElement && element.control) return element.control;
  return isTextControl(element) ? element : textareaBehind(element) ?? element;
}

// Where the browser itself changes or drops what is not a value of the type.
const kPickedInputs = /^(date|time|datetime-local|month|week|color|range)$/;
const setValue = safeSetter(HTMLInputElement.prototype, 'value');

/** What an input of this kind makes of a value, tried on one that is not in the page. */
function acceptedBy(element, value) {
  const probe = document.createElement('input');
  for (const name of ['min', 'max', 'step', 'multiple']) {
    if (element.hasAttribute(name)) probe.setAttribute(name, element.getAttribute(name));
  }
  probe.type = element.type;
  setValue(probe, value);
  return probe.value;
}

/** Why the control would not hold `value` afterwards; null: it would. Changes nothing. */
function refusalOf(element, value, keep) {
  const name = nameOf(element);
  if (element instanceof HTMLInputElement && kPickedInputs.test(element.type)) {
    const accepted = acceptedBy(element, value).toLowerCase() === value.toLowerCase();
    return accepted ? null : `${name} does not take this value`;
  }
  if (!isTextControl(element)) return `${name} cannot be filled: it is no text field`;
  if (element.isContentEditable) return null;
  const whole = keep ? element.value + value : value;
  if (element instanceof HTMLInputElement && element.type === 'number' && whole !== '' &&
      acceptedBy(element, whole) === '') {
    return `${name} takes numbers only`;
  }
  if (element.maxLength >= 0 && whole.length > element.maxLength && value !== '') {
    return `${name} takes ${element.maxLength} characters at most`;
  }
  return null;
}

/**
 * Focuses a text control, with its text selected or, with `keep`, the caret at its end. Returns the keys that do so where
 * the text is drawn by an editor: its textarea has but a part of it.
 */
function selectText(element, keep) {
  element.focus();
  if (isHiddenTextarea(element)) return keep ? ['Control+End'] : ['Control+a'];
  if (element.isContentEditable) {
    const range = document.createRange();
    range.selectNodeContents(element);
    if (keep) range.collapse(false);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  } else if (keep) {
    try {
      element.setSelectionRange(element.value.length, element.value.length);
    } catch {
      // Number and e-mail inputs have no selection; the caret is at their end already.
    }
  } else {
    element.select();
  }
  return [];
}

/**
 * Gets a control ready for `value`: {typed: true, keys} when its text is selected, after these keys, and the value is to
 * be typed over it, {set: true} when it took the value at once, as pickers of dates, colours and ranges do, or {error}:
 * then it is as it was.
 */
function prepareFill(named, value, keep) {
  const element = controlOf(named);
  const error = refusalOf(element, value, keep);
  if (error) return {error};
  if (isTextControl(element)) {
    return {typed: true, keys: selectText(element, keep)};
  }
  element.focus();
  // The prototype's setter: frameworks put one of their own on the element to notice scripts.
  setValue(element, value);
  announceChange(element);
  return {set: true};
}

/** Gets a control ready for keys that type `value`, over its text or at the caret: {erase, keys} or {error}. */
function prepareTyping(named, value, clear) {
  const element = controlOf(named);
  // Keys do more than to add text where there is no text field: pickers have parts, games have none.
  const error = isTextControl(element) && clear ? refusalOf(element, value, false) : null;
  if (error) return {error};
  if (!clear || !isTextControl(element)) {
    element.focus();
    return {erase: false, keys: []};
  }
  return {erase: true, keys: selectText(element, false)};
}

/**
 * Selects the option with that value, label or place (an integer); {error} lists what there is. {listed: true}: this is a
 * page's own kind of dropdown, whose options are there once it was clicked.
 */
function selectOption(named, wanted) {
  const select = controlOf(named).closest('select');
  if (!select) {
    const own = named.closest('[role=combobox], [role=listbox], [aria-haspopup=listbox]');
    return own ? {listed: true} : {error: `${nameOf(named)} is no <select> and no combobox`};
  }
  const options = [...select.options];
  const squeeze = (text) => text.replace(/\s+/g, ' ').trim();
  const option = typeof wanted === 'number'
    ? options[wanted]
    : options.find((each) => each.value === wanted) ?? options.find((each) => squeeze(each.label) === squeeze(wanted));
  if (!option) {
    const labels = options.slice(0, 20).map((each) => `'${squeeze(each.label)}'`).join(', ');
    return {error: `${nameOf(select)} has no such option; it has ${labels || 'none'}`};
  }
  if (option.matches(':disabled') || option.closest('optgroup')?.disabled) return {error: `the option '${squeeze(option.label)}' is disabled`};
  const changed = !option.selected;
  if (select.multiple) {
    option.selected = true;
  } else {
    select.selectedIndex = options.indexOf(option);
  }
  if (changed) announceChange(select);
  return {value: option.value};
}

function isExpanded(named) {
  const own = named.closest('[role=combobox], [role=listbox], [aria-haspopup=listbox]');
  return own?.getAttribute('aria-expanded') === 'true';
}

function focusElement(element) {
  controlOf(element).focus();
}

function scrollToElement(element) {
  element.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
}

// What is done to form controls where the mouse and the keyboard are not enough.

function announceChange(element) {
  element.dispatchEvent(new Event('input', {bubbles: true, composed: true}));
  element.dispatchEvent(new Event('change', {bubbles: true}));
}

/** The label's control, where a label was named. */
function controlOf(element) {
  return element instanceof HTMLLabelElement && element.control ? element.control : element;
}

/**
 * Gets a control ready for `value`: {typed: true} when its text is selected and the value is to be typed over it, {set:
 * true} when it took the value at once, as pickers of dates, colours and ranges do, or {error}.
 */
function prepareFill(named, value, keep) {
  const element = controlOf(named);
  if (isTextControl(element)) {
    if (element instanceof HTMLInputElement && element.type === 'number' && value !== '' && isNaN(Number(value))) {
      return {error: `${nameOf(element)} takes numbers only`};
    }
    element.focus();
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
    return {typed: true};
  }
  if (element instanceof HTMLInputElement && /^(date|time|datetime-local|month|week|color|range)$/.test(element.type)) {
    element.focus();
    // The prototype's setter: frameworks put one of their own on the element to notice scripts.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(element, value);
    if (element.value !== value) return {error: `${nameOf(element)} does not take this value`};
    announceChange(element);
    return {set: true};
  }
  return {error: `${nameOf(element)} cannot be filled: it is no text field`};
}

/** Whether a checkbox, radio button or switch is on; null when it is none. */
function checkedState(named) {
  const element = controlOf(named);
  if (element instanceof HTMLInputElement && /^(checkbox|radio)$/.test(element.type)) return element.checked;
  const state = element.getAttribute('aria-checked') ?? element.getAttribute('aria-pressed');
  return state === null ? null : state === 'true';
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
  if (option.disabled) return {error: `the option '${squeeze(option.label)}' is disabled`};
  const changed = !option.selected;
  if (select.multiple) {
    option.selected = true;
  } else {
    select.selectedIndex = options.indexOf(option);
  }
  if (changed) announceChange(select);
  return {value: option.value};
}

/** Whether files can be given to the element: {ok, multiple} or {error}. */
function fileInput(named) {
  const element = controlOf(named);
  if (element instanceof HTMLInputElement && element.type === 'file') return {ok: true, multiple: element.multiple};
  return {error: `${nameOf(element)} is no <input type="file">`};
}

function focusElement(element) {
  controlOf(element).focus();
}

function scrollToElement(element) {
  element.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
}

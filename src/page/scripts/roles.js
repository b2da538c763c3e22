// What an element is: its role, the prefix of the ids that its kind gets, and whether it is there to be interacted with.

const attributeOf = safeMethod(Element.prototype, 'getAttribute');
const matchesSelector = safeMethod(Element.prototype, 'matches');
const tagOf = safeGetter(Element.prototype, 'localName');
const namespaceOf = safeGetter(Element.prototype, 'namespaceURI');
const kXhtml = 'http://www.w3.org/1999/xhtml';

// Ids are this letter and a number.
const kRolesByKind = {
  L: 'link',
  B: 'button tab menuitem menuitemcheckbox menuitemradio radio checkbox switch',
  I: 'textbox searchbox combobox listbox slider',
  F: 'image img figure',
  O: 'option',
  M: `WebArea application generic group main none
      MenuListPopup alert alertdialog article banner dialog directory document feed form menu menubar navigation
      radiogroup region search tablist tabpanel toolbar tooltip
      DescriptionList LabelText LineBreak blockquote caption contentinfo definition emphasis heading log note paragraph
      status strong subscript superscript term text time
      list listitem listmarker cell column columnheader grid gridcell row rowgroup rowheader table
      code math tree treegrid treeitem
      Iframe complementary deletion insertion marquee meter presentation progressbar scrollbar separator spinbutton
      timer`,
};

// By the name in lower case: {role, kind}.
const kKnownRoles = new Map(Object.entries(kRolesByKind).flatMap(
    ([kind, roles]) => roles.split(/\s+/).map((role) => [role.toLowerCase(), {role, kind}])));

const kTagsByRole = {
  link: 'a area', button: 'button', combobox: 'select', textbox: 'textarea', option: 'option',
  heading: 'h1 h2 h3 h4 h5 h6', paragraph: 'p', text: 'span strong em small bdi i', LabelText: 'label',
  blockquote: 'blockquote', code: 'code pre', time: 'time', LineBreak: 'br',
  list: 'ul ol dl', listitem: 'li dt dd',
  table: 'table', row: 'tr', cell: 'td', columnheader: 'th', rowgroup: 'thead tbody tfoot',
  img: 'img', figure: 'figure', Iframe: 'iframe',
  form: 'form', group: 'div fieldset', dialog: 'dialog', progressbar: 'progress', meter: 'meter',
  menu: 'menu', menuitem: 'menuitem', separator: 'hr',
  WebArea: 'body', navigation: 'nav', main: 'main', banner: 'header', contentinfo: 'footer',
  complementary: 'aside', article: 'section article',
};
const kRoleByTag =
    new Map(Object.entries(kTagsByRole).flatMap(([role, tags]) => tags.split(' ').map((tag) => [tag, role])));

const kRoleByInputType =
    new Map(Object.entries({button: 'button', submit: 'button', reset: 'button', radio: 'radio', checkbox: 'checkbox',
                            search: 'searchbox'}));

const kRoleAttributeLimit = 200;

/** {role, kind}, or null for a role that is not known: such an element gets no id. */
function roleOf(element, tag) {
  const tokens = (attributeOf(element, 'role') ?? '').slice(0, kRoleAttributeLimit).toLowerCase().trim();
  if (tokens) {
    // A list of fallbacks, as ARIA has it: the first that is known counts.
    const known = tokens.split(/\s+/).find((token) => kKnownRoles.has(token));
    return known ? kKnownRoles.get(known) : null;
  }
  if (isEditingHost(element, tag)) return kKnownRoles.get('textbox');
  // Every other <input>, also of the types image, file and range, is a textbox: part of the contract of ids.
  const role = tag === 'input' ? kRoleByInputType.get((attributeOf(element, 'type') ?? '').toLowerCase()) ?? 'textbox' :
                                 kRoleByTag.get(tag) ?? 'generic';
  return kKnownRoles.get(role.toLowerCase());
}

const kWidgetRoles = `button menu menuitem menuitemcheckbox menuitemradio link checkbox radio slider tab tabpanel textbox
    combobox grid listbox option progressbar scrollbar searchbox switch tree treeitem spinbutton tooltip`.split(/\s+/);

// A selector, because one call of matches() asks for all of it. What a script made a control is known by scripted.js.
const kInteractive = [
  'a,area[href],button,details,embed,input,label,menu,menuitem,object,select,textarea,summary',
  'video[controls],audio[controls]',
  '[contenteditable]:not([contenteditable="false" i])',
  '[tabindex]:not([tabindex="-1"])',
  '[onclick],[ng-click],[\\@click],[v-on\\:click]',
  '[onmousedown],[onmouseup],[ontouchstart],[ontouchend]',
  '[aria-expanded],[aria-pressed],[aria-selected],[aria-checked]',
  // Images can be dragged unless they say otherwise.
  '[draggable="true" i],img:not([draggable="false" i])',
  ...kWidgetRoles.map((role) => `[role~="${role}" i],[aria-role~="${role}" i]`),
].join();

const kEditable = ':is(input,select,textarea,[contenteditable]:not([contenteditable="false" i]))' +
                  ':not(:disabled,[readonly],[aria-disabled="true"],[aria-readonly="true"])';

/** What an element of the kind I takes: 'fill' or 'select'. 'check' is for checkboxes, whose kind is B. */
function inputOf(element, tag, role) {
  if (tag === 'select') return 'select';
  if (matchesSelector(element, 'input[type=file]')) return 'upload';
  // A combobox that can be typed into is filled.
  if (role === 'textbox' || matchesSelector(element, kEditable)) return 'fill';
  return role === 'combobox' || role === 'listbox' ? 'select' : 'fill';
}

// Editors and terminals that draw their text themselves, and take what is typed in a textarea that nobody sees: as
// CodeMirror 5, Monaco, Ace and xterm.js do. What is named is what is drawn; what is typed goes to the textarea.

const kTinySide = 8;            // px: no one reads or hits a textarea of this width or height
const kEditorLevels = 6;        // from the textarea to what is drawn
const kSmallestEditor = [40, 16];  // px
const kLevelsOfListener = 3;    // above what is drawn
const kMostTextareas = 100;     // of one document
const kUsable = ':not(:disabled,[readonly],[tabindex="-1"],[aria-hidden="true"])';
const kOtherControls = 'a[href],button,input:not([type=hidden]),select,summary';

const findIn = safeMethod(Element.prototype, 'querySelectorAll');
const isElement = (node) => node !== null && nodeTypeOf(node) === Node.ELEMENT_NODE;

/** Takes the focus and is not to be seen: too small, or transparent. What is not drawn at all takes none. */
function isHiddenTextarea(textarea) {
  if (!matchesSelector(textarea, kUsable) || !checkVisibility(textarea, {visibilityProperty: true})) return false;
  const box = boxOf(textarea);
  if (box.width <= kTinySide || box.height <= kTinySide) return true;
  for (let at = textarea; isElement(at); at = parentNodeOf(at)) {
    if (Number.parseFloat(getComputedStyle(at).opacity) === 0) return true;
    const {width, height} = boxOf(at);
    if (width <= kTinySide || height <= kTinySide) return true;  // cut off by what is around
  }
  return false;
}

/** What is drawn for that textarea, or null: the next larger element around, which holds no other controls. */
function drawnEditorOf(textarea) {
  let at = parentNodeOf(textarea);
  for (let level = 0; level < kEditorLevels && isElement(at); ++level, at = parentNodeOf(at)) {
    if (matchesSelector(at, 'body,html,form')) return null;
    const box = boxOf(at);
    if (box.width < kSmallestEditor[0] || box.height < kSmallestEditor[1]) continue;
    const alone = findIn(at, 'textarea').length === 1 && findIn(at, kOtherControls).length === 0;
    return alone ? at : null;
  }
  return null;
}

/** Of one document: [editor, ...]. `listening`: elements that listen to the mouse, as an editor must to place its caret. */
function drawnEditorsIn(document, listening) {
  const editors = [];
  for (const textarea of [...flat.findAll(document, 'textarea')].slice(0, kMostTextareas)) {
    const editor = isHiddenTextarea(textarea) ? drawnEditorOf(textarea) : null;
    if (!editor) continue;
    const around = [];
    for (let at = parentNodeOf(editor); isElement(at) && around.length < kLevelsOfListener; at = parentNodeOf(at)) around.push(at);
    if (listening.some((element) => containsNode(editor, element) || around.includes(element))) editors.push(editor);
  }
  return editors;
}

/** The textarea that takes what is typed into `named`, which is no text control itself; null: there is none. */
function textareaBehind(named) {
  const inside = findInside(named, 'textarea');
  return inside.length === 1 && isHiddenTextarea(inside[0]) ? inside[0] : null;
}

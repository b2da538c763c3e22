// Runs in the isolated world of every document, before the other scripts, which listen through it: listeners of the
// window that outlast the document that they were made for.
(() => {
  // Own property: an element with that id must not look like it.
  if (typeof globalThis[BINDING] !== 'function' || Object.hasOwn(globalThis, 'telltale')) return;

  // Methods of the prototype: the DOM is shared with the page.
  const {addEventListener, removeEventListener} = EventTarget.prototype;
  const options = {capture: true, passive: true};
  const nothing = () => {};
  const listeners = [];
  const whenRenewed = [];

  const arm = () => {
    for (const [type, listener] of listeners) {
      // One that is there already is not added twice, and keeps its place before the page's own.
      Reflect.apply(addEventListener, window, [type, listener, options]);
      // Each document remembers which types are listened to at all; it learns it when a listener is new.
      Reflect.apply(addEventListener, window, [type, nothing, options]);
      Reflect.apply(removeEventListener, window, [type, nothing, options]);
    }
    observer.observe(document, {childList: true});
  };

  // document.open() removes all listeners of document and window, and no script of ours runs. An observer of the
  // document stays, and is called as soon as the script that replaces the root element has ended.
  const observer = new MutationObserver(() => {
    arm();
    for (const call of whenRenewed) call();
  });

  const listen = (type, listener) => {
    listeners.push([type, listener]);
    arm();
  };
  // The first document of a frame gives its window to the next one of its origin once a script has touched it: the
  // listeners and this world go on, and again no script of ours runs.
  for (const type of ['DOMContentLoaded', 'load', 'pageshow']) listen(type, arm);
  listen('pagehide', () => scheduler.postTask(arm).catch(nothing));

  globalThis.telltale = {
    listen,
    /// Calls it after the root element was replaced.
    whenRenewed: (call) => whenRenewed.push(call),
  };
})();

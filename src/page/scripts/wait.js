// What is waited for, and what page this is.

function isShown(selector) {
  const element = findElement(selector);
  return {attached: element !== null, visible: element !== null && isVisible(element)};
}

/** Resolves when the document has loaded, or has reached at least `interactive`. */
function whenReady(state) {
  const reached = () => document.readyState === 'complete' || document.readyState === state;
  if (reached()) return true;
  return new Promise((resolve) => {
    document.addEventListener('readystatechange', () => { if (reached()) resolve(true); });
  });
}

/** Resolves when nothing of the document has changed for `quiet` ms, or after `longest` ms. */
function whenQuiet(quiet, longest) {
  return new Promise((resolve) => {
    const end = () => { observer.disconnect(); clearTimeout(last); resolve(true); };
    const last = setTimeout(end, longest);
    let next = setTimeout(end, quiet);
    const observer = new MutationObserver(() => {
      clearTimeout(next);
      next = setTimeout(end, quiet);
    });
    observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  });
}

function pageMetrics() {
  const root = document.documentElement;
  return {
    title: document.title, url: location.href,
    viewport: {
      scroll_x: Math.round(scrollX), scroll_y: Math.round(scrollY),
      viewport_width: innerWidth, viewport_height: innerHeight,
      total_width: root?.scrollWidth ?? 0, total_height: root?.scrollHeight ?? 0,
    },
  };
}

/** Resolves when the page has drawn a frame: before that, Chromium drops the input that it gets. */
async function whenDrawn() {
  await nextFrame();
  await nextFrame();
  return true;
}

/** Scrolls to that place; null leaves an axis alone. Resolves when the page is there. */
async function scrollPage(x, y) {
  scrollTo({left: x ?? scrollX, top: y ?? scrollY, behavior: 'instant'});
  await nextFrame();
  return true;
}

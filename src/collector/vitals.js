// Runs in the isolated world of top-level documents: observes what the browser measures of them and reports it.
(() => {
  const report = globalThis[BINDING];
  if (typeof report !== 'function' || window !== window.top || globalThis.telltale.vitals) return;
  globalThis.telltale.vitals = true;
  const {listen} = globalThis.telltale;

  const REPORT_EVERY_MS = 1000;
  const LONGEST_KEPT = 10;
  const SHORTEST_MS = 16;  // the least that the browser reports

  const values = {type: 'vitals'};
  let reported = -Infinity;
  let scheduled = false;

  const reportNow = () => {
    scheduled = false;
    reported = performance.now();
    report(JSON.stringify(values));
  };
  // Seldom, and without a timer id that the page could see or clear.
  const changed = () => {
    if (scheduled) return;
    const wait = reported + REPORT_EVERY_MS - performance.now();
    if (wait <= 0) return reportNow();
    scheduled = true;
    scheduler.postTask(() => scheduled && reportNow(), {delay: wait}).catch(() => {});
  };

  const observe = (options, take) => {
    try {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) take(entry);
      }).observe({...options, buffered: true});
    } catch {
      // A type that this browser does not have.
    }
  };

  observe({type: 'paint'}, (entry) => {
    if (entry.name !== 'first-contentful-paint') return;
    values.fcp = entry.startTime;
    changed();
  });
  observe({type: 'navigation'}, (entry) => {
    if (!(entry.responseStart > 0)) return;
    values.ttfb = entry.responseStart;
    changed();
  });

  // The longest interactions; each may have several events (pointerdown, pointerup, click).
  let longest = [];
  let earlier = 0;  // interactions before a return from the back/forward cache
  const count = () => Math.max((performance.interactionCount || 0) - earlier, longest.length);
  const takeEvent = (entry) => {
    if (!entry.interactionId) return;
    const known = longest.find((one) => one.id === entry.interactionId);
    if (known) known.duration = Math.max(known.duration, entry.duration);
    else longest.push({id: entry.interactionId, duration: entry.duration});
    longest.sort((a, b) => b.duration - a.duration);
    longest.length = Math.min(longest.length, LONGEST_KEPT);
    const skipped = Math.min(Math.floor(count() / 50), longest.length - 1);
    values.inp = longest[skipped].duration;
    changed();
  };
  observe({type: 'event', durationThreshold: SHORTEST_MS}, takeEvent);
  observe({type: 'first-input'}, takeEvent);

  const flush = () => {
    if (scheduled) reportNow();
  };
  listen('visibilitychange', flush);
  listen('pagehide', flush);
  // A document from the back/forward cache is a new navigation to whoever counts them, without load or first paint.
  listen('pageshow', (event) => {
    if (!event.isTrusted || !event.persisted) return;
    longest = [];
    earlier = performance.interactionCount || 0;
    delete values.fcp;
    delete values.ttfb;
    delete values.inp;
    changed();
  });
})();

// A page, tab or frame that goes away while a call on it waits: the call ends at once and says so, through each door, and
// what has taken its place never answers for it. Row F8 of the public cases.

import assert from 'node:assert/strict';
import {test} from 'node:test';
import WebSocket from 'ws';

import {call} from './seeds/api.mjs';
import {eventually, startServer, startTelltale} from './telltale.mjs';

// Less than the shortest deadline that a call would run into, 10 s; most of it is for a busy machine.
const kAtOnceMs = 5000;
const kBrowsers = ['chromium-headless-shell', 'chromium'];
const kClosed = /the page was closed/;

const kPages = {
  '/first': '<!doctype html><title>First</title><body style="background:#f00"><p>the first page</p>',
  '/second': `<!doctype html><title>Second</title><p>the second page</p><button id="off" disabled>Off</button>
    <input id="text" value="x" disabled><textarea id="area"></textarea><button id="leave" onclick="window.close()">Leave</button>
    <iframe id="frame" srcdoc="<button id=inner disabled>Inner</button>"></iframe>`,
  '/opener': `<!doctype html><title>Opener</title><a id="open" href="/second" target="_blank" rel="opener">Open</a>`,
};

const startSite = (t) => startServer(t, (request, response) => {
  if (request.url === '/hang') return;
  response.setHeader('Content-Type', 'text/html');
  const {port} = new URL(`http://${request.headers.host}`);
  const outer = `<!doctype html><title>Outer</title><iframe id="frame" src="http://localhost:${port}/second"></iframe>`;
  response.end(request.url === '/outer' ? outer : kPages[request.url] ?? 'none');
});

async function devtools(t, telltale, id) {
  const {body} = await call(telltale, 'GET', `/browsers/${id}`);
  const socket = new WebSocket(body.cdp_ws_url, {perMessageDeflate: false});
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  t.after(() => socket.close());
  const waiting = new Map();
  let last = 0;
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    waiting.get(message.id)?.(message);
  });
  const send = (method, params = {}, sessionId = undefined) => new Promise((resolve) => {
    waiting.set(++last, resolve);
    socket.send(JSON.stringify({id: last, method, params, sessionId}));
  });
  const targetsOf = async (title) => {
    const {result} = await send('Target.getTargets');
    return result.targetInfos.filter((target) => target.type === 'page' && target.title === title).map(({targetId}) => targetId);
  };
  const targetOf = async (title) => (await targetsOf(title))[0];
  return {
    close: async (title) => assert.ok((await send('Target.closeTarget', {targetId: await targetOf(title)})).result),
    closeAll: async (title) => { for (const targetId of await targetsOf(title)) await send('Target.closeTarget', {targetId}); },
    crash: async (title) => {
      const {result} = await send('Target.attachToTarget', {targetId: await targetOf(title), flatten: true});
      send('Page.crash', {}, result.sessionId);
    },
    evaluate: async (title, expression) => {
      const {result} = await send('Target.attachToTarget', {targetId: await targetOf(title), flatten: true});
      await send('Runtime.evaluate', {expression}, result.sessionId);
    },
    end: () => { send('Browser.close'); },
    count: async () => (await send('Target.getTargets')).result.targetInfos.filter(({type}) => type === 'page').length,
    gone: (title) => eventually(`${title} to go`, async () => !(await targetOf(title))),
  };
}

/** A session with the tabs First and, as the current one, Second. */
async function startTabs(t, browser, options = []) {
  const url = await startSite(t);
  const telltale = await startTelltale(t, ['--chromium', browser, ...options]);
  const {body: {session_id: id}} = await call(telltale, 'POST', '/sessions/start', {body: {max_steps: 1000}});
  const act = (type, action = {}) => call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: {type, ...action}});
  const must = async (type, action = {}) => {
    const {status, body} = await act(type, action);
    assert.ok(status === 200 && body.success, JSON.stringify(body));
    return body;
  };
  await must('goto', {url: `${url}/first`});
  await must('goto_new_tab', {url: `${url}/second`});
  const observe = () => call(telltale, 'POST', `/sessions/${id}/page/observe`, {body: {screenshot: false}});
  return {telltale, id, url, act, must, observe, browser: await devtools(t, telltale, id)};
}

/** Ends what a waiting call needs, and returns what it answered. */
async function endWhileWaiting(start, end) {
  let answered = false;
  const answer = start().finally(() => { answered = true; });
  await new Promise((resolve) => setTimeout(resolve, 400));
  if (answered) assert.fail('it did not wait: ' + JSON.stringify((await answer).body).slice(0, 300));
  const began = Date.now();
  await end();
  const {status, body} = await answer;
  const took = Date.now() - began;
  assert.ok(took < kAtOnceMs, `answered after ${took} ms: ${JSON.stringify(body)}`);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  assert.ok(status >= 400 || body.success === false, `${status} ${text}`);
  return text;
}

const kBusy = 'void setTimeout(() => { for (;;); })';
// What waits, by the door that it goes through. `busy`: only because the page's script never ends.
const kWaiting = {
  'Notte click': (with_) => with_.act('click', {selector: '#off', timeout: 15000}),
  'Notte fill': (with_) => with_.act('fill', {selector: '#text', value: 'y', timeout: 15000}),
  'Notte click on nothing': (with_) => with_.act('click', {selector: '#none', timeout: 15000}),
  'Notte evaluate': (with_) => with_.act('evaluate_js', {code: 'new Promise(() => {})'}),
  'Notte goto': (with_) => with_.act('goto', {url: `${with_.url}/hang`}),
  'InstaVM wait': (with_) => call(with_.telltale, 'POST', '/v1/browser/interactions/wait',
                                  {body: {session_id: with_.id, condition: 'visible', selector: '#none', timeout: 15000}}),
  'InstaVM click': (with_) => call(with_.telltale, 'POST', '/v1/browser/interactions/click',
                                   {body: {session_id: with_.id, selector: '#off', timeout: 15000}}),
  'Seraph click': (with_) => call(with_.telltale, 'POST', '/invoke', {body: {
    cmd: 'click', args: {id: with_.id, selector: '#off', timeout: 15000}}}),
  'Kernel type': (with_) => call(with_.telltale, 'POST', `/browsers/${with_.id}/computer/type`,
                                 {body: {text: 'a long text that takes its time', delay: 500}}),
  'Notte observe, busy': (with_) => with_.observe(),
  'Notte scrape, busy': (with_) => call(with_.telltale, 'POST', `/sessions/${with_.id}/page/scrape`, {body: {}}),
  'Kernel screenshot, busy': (with_) => call(with_.telltale, 'POST', `/browsers/${with_.id}/computer/screenshot`, {body: {}}),
  'InstaVM screenshot, busy': (with_) => call(with_.telltale, 'POST', '/v1/browser/interactions/screenshot', {body: {session_id: with_.id}}),
};

for (const browser of kBrowsers) {
  for (const [what, start] of Object.entries(kWaiting)) {
    test(`${browser}: ${what} says that its page was closed`, async (t) => {
      const tabs = await startTabs(t, browser);
      // Not by an action of ours, which would wait for the page to be quiet again.
      if (what.endsWith('busy')) await tabs.browser.evaluate('Second', kBusy);
      const said = await endWhileWaiting(() => start(tabs), () => tabs.browser.close('Second'));
      assert.match(said, kClosed);
      // It was said; the next call is about the tab that is current now.
      const {status, body} = await tabs.observe();
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.metadata.title, 'First');
    });
  }

  test(`${browser}: a page that crashes ends the calls that wait for it`, async (t) => {
    for (const what of ['Notte click', 'Notte evaluate', 'InstaVM wait']) {
      const tabs = await startTabs(t, browser);
      const said = await endWhileWaiting(() => kWaiting[what](tabs), () => tabs.browser.crash('Second'));
      assert.match(said, /the page has crashed/);
    }
  });

  test(`${browser}: a browser that exits ends the calls that wait for it`, async (t) => {
    const tabs = await startTabs(t, browser);
    const said = await endWhileWaiting(() => kWaiting['Notte evaluate'](tabs), async () => tabs.browser.end());
    assert.match(said, /the browser is (gone|not connected)|ended/);
  });

  test(`${browser}: a closed tab is said once when nobody waited for it`, async (t) => {
    const tabs = await startTabs(t, browser);
    for (const next of ['observe', 'screenshot', 'scrape']) {
      await tabs.must('goto_new_tab', {url: `${tabs.url}/second`});
      await tabs.browser.closeAll('Second');  // at first two of them
      await tabs.browser.gone('Second');
      const first = await call(tabs.telltale, 'POST', `/sessions/${tabs.id}/page/${next}`, {body: {}});
      assert.ok(first.status >= 400, `${next}: ${first.status}`);
      assert.match(JSON.stringify(first.body), /the page was closed; the current tab is now http.*\/first/);
      assert.equal((await tabs.observe()).body.metadata.title, 'First');
    }
  });

  test(`${browser}: the last tab's end is said, and another page can be opened`, async (t) => {
    const tabs = await startTabs(t, browser);
    await tabs.must('close_tab');
    await tabs.browser.close('First');
    await tabs.browser.gone('First');
    const {status, body} = await tabs.observe();
    // Without a window, package chromium ends.
    if (status !== 404 || !/last one/.test(body.message)) return assert.match(body.message, /browser|ended/);
    await tabs.must('goto', {url: `${tabs.url}/first`});
    assert.equal((await tabs.observe()).body.metadata.title, 'First');
    assert.match((await tabs.must('close_tab')).message, /it was the last one, so an empty one is open now/);
  });

  test(`${browser}: a click or key that closes its own page has worked, and says what came of it`, async (t) => {
    const tabs = await startTabs(t, browser);
    await tabs.must('goto_new_tab', {url: `${tabs.url}/opener`});
    for (const [said, leave] of [
      ["Clicked '#leave'", () => tabs.must('click', {selector: '#leave'})],
      ['Pressed Enter', () => tabs.must('press_key', {key: 'Enter'})],
    ]) {
      await tabs.must('click', {selector: '#open'});
      assert.equal((await tabs.observe()).body.metadata.title, 'Second');
      if (said.startsWith('Pressed')) await tabs.must('evaluate_js', {code: 'leave.focus()'});
      const {message} = await leave();
      await eventually('the tab to go', async () => (await tabs.browser.count()) === 3);
      // A browser that takes its time to close it lets the next call say so.
      if (message === said) {
        const {status, body} = await tabs.observe();
        assert.equal(status, 404, JSON.stringify(body));
        assert.match(body.message, /^the page was closed; the current tab is now http/);
      } else {
        assert.equal(message.replace(/now http.*$/, 'now'), `${said}; the page was closed; the current tab is now`);
      }
      assert.equal((await tabs.observe()).status, 200);
    }
  });

  test(`${browser}: an element whose frame goes away is not waited for, in either kind of frame`, async (t) => {
    for (const [path, selector] of [['/second', '#inner'], ['/outer', '#off']]) {
      const tabs = await startTabs(t, browser);
      await tabs.must('goto', {url: tabs.url + path});
      const title = path === '/second' ? 'Second' : 'Outer';
      const said = await endWhileWaiting(() => tabs.act('click', {selector, timeout: 15000}),
                                         () => tabs.browser.evaluate(title, "document.getElementById('frame').remove()"));
      assert.match(said, /the frame that '#\w+' was in has gone/);
    }
  });

  test(`${browser}: a dialog that is left open ends what waits behind it`, async (t) => {
    const tabs = await startTabs(t, browser, ['--dialogs', 'leave']);
    const said = await endWhileWaiting(() => kWaiting['Notte evaluate'](tabs),
                                       () => tabs.browser.evaluate('Second', "void setTimeout(() => alert('x'))"));
    assert.match(said, /the page waits for its dialog \(alert\)/);
    assert.match(JSON.stringify((await tabs.observe()).body), /the page waits for its dialog \(alert\)/);
  });

  test(`${browser}: a click that opens a dialog that is left open has worked`, async (t) => {
    const tabs = await startTabs(t, browser, ['--dialogs', 'leave']);
    await tabs.must('evaluate_js', {code: "void (leave.onclick = () => alert('x'))"});
    await tabs.must('click', {selector: '#leave'});
    assert.equal((await tabs.observe()).status, 503);
  });
}

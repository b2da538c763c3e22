// The page core on a real browser: what is waited for, what is hit, and in which frame. Over Notte's door, because it has
// every action.

import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import http from 'node:http';
import {join} from 'node:path';
import {test} from 'node:test';

import {call} from './seeds/api.mjs';
import {eventually, listen, startTelltale} from './telltale.mjs';

const kPages = {
  '/': `<!doctype html><title>Home</title>
    <div id="cover" style="position:fixed;inset:0;background:#fff9"></div>
    <button id="covered" onclick="log('covered')">Covered</button>
    <button id="slow" style="margin-top:50px" disabled onclick="log('slow')">Slow</button>
    <button id="moving" style="position:relative" onclick="log('moving')">Moving</button>
    <script>window.did = []; const log = (what) => did.push(what);
    setTimeout(() => cover.remove(), 300);
    setTimeout(() => { slow.disabled = false }, 500);
    let n = 0; const timer = setInterval(() => { moving.style.left = (n += 7) + 'px'; if (n > 150) clearInterval(timer) }, 20);
    </script>`,
  '/shadow': `<!doctype html><title>Shadow</title><x-card></x-card><script>
    window.did = [];
    class Card extends HTMLElement { connectedCallback() {
      const root = this.attachShadow({mode: 'open'});
      root.innerHTML = '<label>Name <input id="inner"></label><button>Press</button>';
      root.querySelector('button').onclick = () => did.push('pressed ' + root.querySelector('input').value); } }
    customElements.define('x-card', Card);</script>`,
  '/frame': `<!doctype html><title>Inner</title><body style="margin:0"><div style="height:900px">tall</div>
    <input id="inner"><button id="send" onclick="parent.postMessage('sent ' + inner.value, '*')">Send</button>`,
  '/keys': `<!doctype html><title>Keys</title><textarea id="text"></textarea><script>window.did = [];
    for (const type of ['keydown', 'input']) text.addEventListener(type, (event) => did.push(
      (event.isTrusted ? '' : 'untrusted ') + type + ' ' + (event.key ?? event.inputType)));</script>`,
  '/popup': `<!doctype html><title>Opener</title><a id="open" href="/keys" target="_blank">Open</a>
    <button id="ask" onclick="did.push(confirm('sure?'))">Ask</button><script>window.did = []</script>`,
  '/drag': `<!doctype html><title>Drag</title><body style="margin:0">
    <div id="a" draggable="true" style="width:80px;height:80px;background:#fcc">a</div>
    <div id="b" style="position:absolute;left:300px;top:200px;width:80px;height:80px;background:#ccf">b</div>
    <script>window.did = [];
    addEventListener('pointerdown', () => did.push('down')); addEventListener('pointerup', () => did.push('up'));
    a.ondragstart = (event) => { event.preventDefault(); };
    b.onpointerup = () => did.push('dropped');</script>`,
  '/drop': `<!doctype html><title>Drop</title><body style="margin:0">
    <div id="a" draggable="true" style="width:80px;height:80px;background:#fcc">a</div>
    <div id="b" style="position:absolute;left:300px;top:200px;width:80px;height:80px;background:#ccf">b</div>
    <script>window.did = []; a.ondragstart = (event) => { event.dataTransfer.setData('text/plain', 'tea'); };
    b.ondragover = (event) => event.preventDefault();
    b.ondrop = (event) => { event.preventDefault(); did.push(event.dataTransfer.getData('text/plain')); };</script>`,
  '/nested': `<!doctype html><title>Nested</title><div style="height:700px">tall</div>
    <iframe style="width:300px;height:200px" srcdoc="<p>Inside</p><input id=i><button onclick='top.did.push(i.value)'>Tell</button>
    <input type=checkbox onclick='top.did.push(this.checked)'>"></iframe><script>window.did = []</script>`,
  '/form': `<!doctype html><title>Form</title><form><input id="file" type="file" style="display:none">
    <input id="date" type="date"><input id="ro" readonly value="x"><div id="edit" contenteditable>old</div>
    <label for="box">Agree</label><input id="box" type="checkbox" style="opacity:0"><select id="size"><option value="s">Small
    <option value="m">Medium<option disabled>Large</select><input id="num" type="number"></form>`,
};

async function startSite(t) {
  const site = http.createServer((request, response) => {
    const {pathname} = new URL(request.url, 'http://site');
    response.setHeader('Content-Type', 'text/html');
    if (pathname === '/embed') {
      const port = site.address().port;
      response.end(`<!doctype html><title>Outer</title><div style="height:600px"></div>
        <iframe src="http://localhost:${port}/frame" style="border:5px solid;padding:7px;width:400px;height:200px"></iframe>
        <script>window.did = []; onmessage = (event) => did.push(event.data)</script>`);
    } else {
      response.statusCode = kPages[pathname] ? 200 : 404;
      response.end(kPages[pathname] ?? 'none');
    }
  });
  const port = await listen(site);
  t.after(() => {
    site.close();
    site.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}

async function startPage(t, path, options = []) {
  const url = await startSite(t);
  const telltale = await startTelltale(t, options);
  const started = await call(telltale, 'POST', '/sessions/start', {body: {max_steps: 1000, viewport_width: 800, viewport_height: 600}});
  assert.equal(started.status, 200, JSON.stringify(started.body));
  const id = started.body.session_id;
  const attempt = async (type, action = {}) => {
    const {status, body} = await call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: {type, ...action}});
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const act = async (type, action = {}) => {
    const outcome = await attempt(type, action);
    assert.equal(outcome.success, true, `${type}: ${outcome.message}`);
    return outcome;
  };
  const evaluate = async (code) => JSON.parse((await act('evaluate_js', {code: `JSON.stringify(${code})`})).data.markdown);
  await act('goto', {url: url + path});
  return {telltale, url, id, act, attempt, evaluate, observe: (body = {}) => call(telltale, 'POST', `/sessions/${id}/page/observe`, {body})};
}

test('an element is clicked once it is in front, enabled and at rest', async (t) => {
  const {act, evaluate} = await startPage(t, '/');
  await act('click', {selector: '#covered'});
  await act('click', {selector: '#slow'});
  await act('click', {selector: '#moving'});
  assert.deepEqual(await evaluate('did'), ['covered', 'slow', 'moving']);
});

test('what stands in the way is said when the time is over', async (t) => {
  const {act, attempt} = await startPage(t, '/');
  await act('evaluate_js', {code: `document.body.insertAdjacentHTML('beforeend',
    '<div id="veil" style="position:fixed;inset:0"></div><p id="hidden" hidden>x</p>')`});
  const why = async (action) => (await attempt('click', {timeout: 200, ...action})).message;
  assert.match(await why({selector: '#covered'}), /'#covered' is covered by <div id="(veil|cover)"> \(waited \d+ ms\)/);
  assert.match(await why({selector: '#hidden'}), /'#hidden' is not visible/);
  assert.match(await why({selector: '#absent'}), /no element matches '#absent' \(waited \d+ ms\)/);
  assert.match(await why({selector: '#['}), /'#\[' is not a valid CSS selector/);
});

test('elements in shadow roots are found by selector and by observation', async (t) => {
  const {act, evaluate, observe} = await startPage(t, '/shadow');
  await act('fill', {selector: '#inner', value: 'Ada'});
  await act('click', {selector: 'x-card >> button'});
  const {body} = await observe();
  const input = body.space.interaction_actions.find((action) => action.type === 'fill');
  await act('fill', {id: input.id, value: 'Bob'});
  await act('click', {selector: 'text=press'});
  assert.deepEqual(await evaluate('did'), ['pressed Ada', 'pressed Bob']);
});

test('elements in iframes of other sites are found, scrolled to and hit', async (t) => {
  const {act, evaluate, observe} = await startPage(t, '/embed');
  await act('fill', {selector: '#inner', value: 'over there'});
  await act('click', {selector: '#send'});
  assert.deepEqual(await evaluate('did'), ['sent over there']);
  const {body} = await observe();
  const send = body.space.interaction_actions.find((action) => /Send/.test(action.description));
  assert.ok(send, body.space.description);
  await act('click', {id: send.id});
  assert.deepEqual(await evaluate('did'), ['sent over there', 'sent over there']);
});

test('elements in iframes of the same site are acted on where they are', async (t) => {
  const {act, evaluate, observe} = await startPage(t, '/nested');
  await act('scroll_down', {amount: 2000});
  const {body: {space}} = await observe({screenshot: false});
  const idOf = (text) => space.interaction_actions.find((action) => action.description.includes(text)).id;
  await act('fill', {id: idOf('<input></input>'), value: 'Ada'});
  await act('click', {id: idOf('Tell')});
  await act('check', {id: idOf('checkbox'), value: true});
  assert.deepEqual(await evaluate('did'), ['Ada', true]);
});

test('a selector may be an object, as the SDKs send it', async (t) => {
  const {act, evaluate} = await startPage(t, '/keys');
  const none = {css_selector: '', xpath_selector: '', in_iframe: false, in_shadow_root: false, iframe_parent_css_selectors: []};
  await act('fill', {id: '', selector: {...none, playwright_selector: '#text'}, value: 'one'});
  await act('fill', {selector: {...none, xpath_selector: "//textarea[@id='text']"}, value: ' two', clear_before_fill: false});
  assert.equal(await evaluate('text.value'), 'one two');
});

test('the keyboard types what a person would type', async (t) => {
  const {act, evaluate} = await startPage(t, '/keys');
  await act('type', {selector: '#text', value: 'aB?ü\n'});
  assert.equal(await evaluate('text.value'), 'aB?ü\n');
  const events = await evaluate('did');
  assert.ok(!events.some((event) => event.startsWith('untrusted')), events.join());
  assert.ok(events.includes('keydown B') && events.includes('keydown ?') && events.includes('keydown Enter'), events.join());
  await act('press_key', {key: 'Control+a'});
  await act('press_key', {key: 'Backspace'});
  assert.equal(await evaluate('text.value'), '');
});

test('fill replaces or adds, also where there is nothing to type', async (t) => {
  const {act, attempt, evaluate} = await startPage(t, '/form');
  await act('fill', {selector: '#date', value: '2026-11-21'});
  assert.equal(await evaluate('date.value'), '2026-11-21');
  await act('fill', {selector: '#edit', value: ' and new', clear_before_fill: false});
  assert.equal(await evaluate('edit.textContent'), 'old and new');
  await act('fill', {selector: '#edit', value: ''});
  assert.equal(await evaluate('edit.textContent'), '');
  await act('fill', {selector: '#num', value: '42'});
  assert.equal(await evaluate('num.value'), '42');
  assert.match((await attempt('fill', {selector: '#num', value: 'many'})).message, /takes numbers only/);
  assert.match((await attempt('fill', {selector: '#ro', value: 'y', timeout: 100})).message, /'#ro' is read-only/);
});

test('boxes are checked, options selected, files given', async (t) => {
  const {act, attempt, evaluate, telltale} = await startPage(t, '/form');
  await act('check', {selector: '#box', value: true});
  await act('check', {selector: '#box', value: true});
  assert.equal(await evaluate('box.checked'), true);
  await act('check', {selector: 'label[for=box]', value: false});
  assert.equal(await evaluate('box.checked'), false);
  await act('select_dropdown_option', {selector: '#size', value: 'Medium'});
  assert.equal(await evaluate('size.value'), 'm');
  assert.match((await attempt('select_dropdown_option', {selector: '#size', value: 'Huge'})).message, /'Small', 'Medium'/);
  assert.match((await attempt('select_dropdown_option', {selector: '#size', value: 'Large'})).message, /is disabled/);
  await writeFile(join(telltale.folder, 'home', '.local', 'share', 'telltale', 'uploads', 'terms.txt'), 'terms');
  await act('upload_file', {selector: '#file', file_path: 'terms.txt'});
  assert.equal(await evaluate('file.files[0].name'), 'terms.txt');
  assert.match((await attempt('upload_file', {selector: '#file', file_path: 'no such'})).message, /there is no file/);
});

test('the links of a page are listed', async (t) => {
  const {act, url} = await startPage(t, '/popup');
  const {data} = await act('links');
  assert.deepEqual(data.links, [{url: `${url}/keys`, text: 'Open'}]);
  assert.equal(data.markdown, `- ${url}/keys Open\n`);
});

test('a tab that an action opens becomes the current one', async (t) => {
  const {act, attempt, observe, url} = await startPage(t, '/popup');
  await act('click', {selector: '#open'});
  let {body} = await observe({screenshot: false});
  assert.equal(body.metadata.title, 'Keys');
  assert.deepEqual(body.metadata.tabs.map((tab) => tab.title), ['Opener', 'Keys']);
  await act('switch_tab', {tab_index: 0});
  assert.equal((await observe({screenshot: false})).body.metadata.title, 'Opener');
  assert.match((await attempt('switch_tab', {tab_index: 7})).message, /no tab 7/);
  await act('goto_new_tab', {url: `${url}/form`});
  await act('close_tab');
  ({body} = await observe({screenshot: false}));
  assert.deepEqual(body.metadata.tabs.map((tab) => tab.title), ['Opener', 'Keys']);
});

// F8
test('a tab that goes away is said before another one answers', async (t) => {
  const {act, attempt, evaluate, observe, url, telltale, id} = await startPage(t, '/popup');
  const open = async () => {
    await act('evaluate_js', {code: `void window.open('${url}/keys')`});
    assert.equal((await observe({screenshot: false})).body.metadata.title, 'Keys');
  };
  const tabs = async () => (await call(telltale, 'GET', `/sessions/${id}/debug`)).body.tabs.length;
  for (const next of ['observe', 'screenshot', 'scrape']) {
    await open();
    await act('evaluate_js', {code: 'void setTimeout(() => window.close(), 300)'});
    await eventually('the tab to go', async () => await tabs() === 1);
    const {status, body} = await call(telltale, 'POST', `/sessions/${id}/page/${next}`, {body: {}});
    assert.equal(status, 404, next);
    assert.match(JSON.stringify(body), /the page was closed; the current tab is now .*\/popup/);
    assert.equal(await evaluate('document.title'), 'Opener');
  }
  await open();
  const waiting = attempt('click', {selector: '#none', timeout: 15000});
  const began = Date.now();
  await act('evaluate_js', {code: 'void setTimeout(() => window.close(), 300)'});
  assert.match((await waiting).message, /the page was closed/);
  assert.ok(Date.now() - began < 6000, `after ${Date.now() - began} ms`);
});

test('a dialog that a click opens is answered and stops nothing', async (t) => {
  const {act, evaluate} = await startPage(t, '/popup');
  await act('click', {selector: '#ask'});
  assert.deepEqual(await evaluate('did'), [false]);
});

test('back, forward and reload move through documents', async (t) => {
  const {act, attempt, evaluate, url} = await startPage(t, '/keys');
  assert.match((await attempt('go_forward')).message, /no page to go forward to/);
  await act('goto', {url: `${url}/form`});
  await act('go_back');
  assert.equal(await evaluate('document.title'), 'Keys');
  await act('go_forward');
  assert.equal(await evaluate('document.title'), 'Form');
  await act('evaluate_js', {code: 'window.mark = 1'});
  await act('reload');
  assert.equal(await evaluate('window.mark ?? null'), null);
  const failed = await attempt('goto', {url: 'http://127.0.0.1:1/'});
  assert.equal(failed.success, false);
  assert.match(failed.message, /net::ERR_/);
});

test('a drag goes from one element to another', async (t) => {
  const {act, evaluate} = await startPage(t, '/drag');
  await act('drag', {selector: '#a', to_selector: '#b'});
  assert.deepEqual(await evaluate('did'), ['down', 'dropped', 'up']);
});

test('what can be dragged is dropped with what it carries', async (t) => {
  const {act, evaluate} = await startPage(t, '/drop');
  await act('drag', {selector: '#a', to_selector: '#b'});
  await act('hover', {selector: '#a'});
  assert.deepEqual(await evaluate('did'), ['tea']);
});

test('a browser that is gone is said at once', async (t) => {
  const {telltale, id, act} = await startPage(t, '/keys');
  const {body: browser} = await call(telltale, 'GET', `/browsers/${id}`);
  process.kill(browser.browser_pid, 'SIGSTOP');
  process.kill(browser.browser_pid, 'SIGKILL');
  const began = Date.now();
  let answer;
  do {
    answer = await call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: {type: 'press_key', key: 'a'}});
  } while (answer.status === 200 && Date.now() - began < 20_000);
  assert.ok([404, 503].includes(answer.status), String(answer.status));
  assert.match(answer.body.message, /browser|ended/);
});

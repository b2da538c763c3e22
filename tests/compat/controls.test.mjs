// Form controls, as pages really build them: hidden behind what is seen (row F16 of the public cases), refusing what they do
// not take (F15); ids that stand for nothing any more; and navigations that lead to no page (F14), in a page of the size
// that is promised (F13).

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {call} from './seeds/api.mjs';
import {startServer, startTelltale} from './telltale.mjs';

const kBrowsers = ['chromium-headless-shell', 'chromium'];
const kHidden = {
  none: 'display:none',
  transparent: 'opacity:0;position:absolute;width:20px;height:20px',
  readers: 'position:absolute;width:1px;height:1px;padding:0;margin:-1px;overflow:hidden;clip:rect(0,0,0,0);border:0',
  outside: 'position:absolute;left:-9999px',
  invisible: 'visibility:hidden;position:absolute',
};

const startSite = (t, pages) => startServer(t, (request, response) => {
  const page = pages[request.url];
  if (typeof page === 'function') return page(response);
  response.writeHead(page === undefined ? 404 : 200, {'Content-Type': 'text/html'});
  response.end(page ?? 'none');
});

async function startPage(t, browser, pages, session = {}) {
  const url = await startSite(t, pages);
  const telltale = await startTelltale(t, ['--chromium', browser]);
  const {body: {session_id: id}} = await call(telltale, 'POST', '/sessions/start', {body: {max_steps: 1000, ...session}});
  const attempt = async (type, action = {}) => {
    const {status, body} = await call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: {type, ...action}});
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const act = async (type, action = {}) => {
    const outcome = await attempt(type, action);
    assert.equal(outcome.success, true, `${type} ${JSON.stringify(action)}: ${outcome.message}`);
    return outcome;
  };
  const evaluate = async (code) => JSON.parse((await act('evaluate_js', {code: `JSON.stringify(${code})`})).data.markdown);
  const refused = async (type, action, why) => {
    const before = await evaluate(kState);
    const outcome = await attempt(type, action);
    assert.equal(outcome.success, false, `${type} ${JSON.stringify(action)}`);
    assert.match(outcome.message, why);
    assert.deepEqual(await evaluate(kState), before, `${type} ${JSON.stringify(action)} has changed something`);
  };
  const idOf = async (text) => {
    const {body} = await call(telltale, 'POST', `/sessions/${id}/page/observe`, {body: {screenshot: false}});
    const found = body.space.interaction_actions.find((action) => action.description.includes(text));
    assert.ok(found, `${text} is not in: ${body.space.description}`);
    return found.id;
  };
  const giveFile = async (name, text) => {
    const form = new FormData();
    form.append('file', new Blob([text]), name);
    const headers = {authorization: `Bearer ${telltale.token}`};
    const answer = await fetch(`${telltale.url}/sessions/${id}/files`, {method: 'POST', headers, body: form});
    assert.ok(answer.ok, await answer.text());
    return name;
  };
  await act('goto', {url: `${url}/`});
  return {telltale, url, id, act, attempt, evaluate, refused, idOf, giveFile};
}

// All that an action could change by mistake.
const kState = `({values: [...document.querySelectorAll('input,textarea,select,[contenteditable]')].map((e) => [e.id,
  e.isContentEditable ? e.textContent : e.type === 'file' ? e.files.length : e.value, e.checked,
  [...e.selectedOptions ?? []].map((o) => o.value)]), focus: document.activeElement?.id ?? null, scroll: [scrollX, scrollY],
  events: window.did ?? null, url: location.href})`;
const kRecord = `<script>window.did = [];
  for (const type of ['input', 'change', 'click', 'submit']) addEventListener(type, (event) => did.push(type + ' ' + event.target.id), true);</script>`;

for (const browser of kBrowsers) {
  test(`${browser}: what is refused leaves the page as it was`, async (t) => {
    const {act, evaluate, refused} = await startPage(t, browser, {'/': `<!doctype html>${kRecord}<form>
      <input id="date" type="date" value="2026-01-02"><input id="time" type="time" value="10:00">
      <input id="local" type="datetime-local" value="2026-01-02T10:00"><input id="month" type="month" value="2026-01">
      <input id="week" type="week" value="2026-W02"><input id="color" type="color" value="#102030">
      <input id="range" type="range" min="0" max="10" step="5" value="5"><input id="number" type="number" value="7">
      <input id="short" maxlength="3" value="abc"><textarea id="area" maxlength="5">four</textarea>
      <input id="ro" readonly value="r"><input id="off" disabled value="d">
      <input id="box" type="checkbox" checked><input id="boxoff" type="checkbox" disabled>
      <input id="one" type="radio" name="r" checked><input id="two" type="radio" name="r">
      <select id="size"><option value="s">Small</option><option value="m" disabled>Medium</option>
        <optgroup disabled label="g"><option value="x">Extra</option></optgroup></select>
      <select id="many" multiple><option selected value="a">A</option><option value="b">B</option></select>
      <input id="file" type="file"><input id="fileoff" type="file" disabled><input id="folder" type="file" webkitdirectory>
      <button id="send">Send</button></form><div id="plain">plain</div><div style="height:3000px"></div>`});
    for (const [selector, value, why] of [
      ['#date', '02.01.2026', /does not take this value/], ['#date', '2026-02-30', /does not take/],
      ['#time', '25:00', /does not take/], ['#local', 'today', /does not take/], ['#month', '2026-13', /does not take/],
      ['#week', '2026-W60', /does not take/], ['#color', 'no colour', /does not take/], ['#range', '7', /does not take/],
      ['#range', '11', /does not take/], ['#number', 'many', /numbers only/], ['#number', '1,5', /numbers only/],
      ['#short', 'abcd', /3 characters at most/], ['#area', 'sixsix', /5 characters at most/],
      ['#ro', 'x', /read-only/], ['#off', 'x', /not enabled/], ['#box', 'x', /cannot be filled/],
      ['#size', 'm', /cannot be filled/], ['#file', 'x', /cannot be filled/], ['#plain', 'x', /cannot be filled/],
      ['#none', 'x', /no element matches/],
    ]) {
      await refused('fill', {selector, value, timeout: 100}, why);
    }
    await refused('type', {selector: '#number', value: 'many', timeout: 100}, /numbers only/);
    await refused('type', {selector: '#short', value: 'abcd', timeout: 100}, /3 characters at most/);
    await refused('fill', {selector: '#short', value: 'd', clear_before_fill: false, timeout: 100}, /3 characters at most/);
    await refused('check', {selector: '#one', value: false, timeout: 100}, /radio button, which is unchecked by/);
    await refused('check', {selector: '#boxoff', value: true, timeout: 100}, /not enabled/);
    await refused('check', {selector: '#send', value: true, timeout: 100}, /no checkbox/);
    for (const value of ['Large', 'Medium', 'Extra']) {
      await refused('select_dropdown_option', {selector: '#size', value, timeout: 100}, /no such option|is disabled/);
    }
    await refused('select_dropdown_option', {selector: '#many', value: 'C', timeout: 100}, /no such option/);
    await refused('select_dropdown_option', {selector: '#send', value: 'C', timeout: 100}, /no <select>/);
    await refused('upload_file', {selector: '#file', file_path: 'no-such-file', timeout: 100}, /no file/);
    // And what is taken is.
    for (const [selector, value] of [['#date', '2026-02-03'], ['#color', '#A0B0C0'], ['#range', '10'], ['#number', '-1.5e3'],
                                     ['#short', 'xyz'], ['#area', 'fives']]) {
      await act('fill', {selector, value});
      assert.equal((await evaluate(`document.querySelector('${selector}').value`)).toLowerCase(), value.toLowerCase());
    }
    await act('type', {selector: '#number', value: '42'});
    assert.equal(await evaluate('number.value'), '42');
    await act('fill', {selector: '#date', value: ''});
    assert.equal(await evaluate('date.value'), '');
  });

  test(`${browser}: a list that has not the option is closed again`, async (t) => {
    const {attempt, evaluate} = await startPage(t, browser, {'/': `<!doctype html><div id="box" role="combobox" tabindex="0" aria-expanded="false">Pick</div>
      <ul id="list" role="listbox" hidden><li role="option">Tea</li></ul>
      <script>box.onclick = () => { list.hidden = !list.hidden; box.setAttribute('aria-expanded', String(!list.hidden)); }</script>`});
    const outcome = await attempt('select_dropdown_option', {selector: '#box', value: 'Coffee', timeout: 1000});
    assert.equal(outcome.success, false);
    assert.equal(await evaluate('list.hidden'), true);
  });

  test(`${browser}: boxes are checked by what is seen of them`, async (t) => {
    const rows = Object.entries(kHidden).map(([name, style]) => `
      <p><label id="wrap-${name}"><input type="checkbox" id="w-${name}" style="${style}"><span id="span-${name}">Wrap ${name}</span></label></p>
      <p style="position:relative"><input type="radio" id="f-${name}" style="${style}"><label for="f-${name}" id="for-${name}">For ${name}</label></p>
      <p style="position:relative"><input type="checkbox" id="s-${name}" style="${style}"><span id="switch-${name}" tabindex="0"
        onclick="this.previousElementSibling.click()" style="display:inline-block;width:40px;height:20px;background:#ccc">Switch ${name}</span></p>`);
    const {act, evaluate, idOf, refused} = await startPage(t, browser, {'/': `<!doctype html><title>Boxes</title>${rows.join('')}
      <label id="terms"><input type="checkbox" id="agree" style="display:none">I agree, see <a href="/gone" id="link">all the long terms of this shop and more</a></label>
      <button type="button" role="switch" aria-checked="false" id="own" onclick="setTimeout(() => this.setAttribute('aria-checked', 'true'), 150)">Own</button>
      <label id="dead"><input type="checkbox" disabled style="display:none">Dead</label>
      <form><input type="checkbox" style="display:none"><button>Order</button></form>`});
    for (const name of Object.keys(kHidden)) {
      await act('check', {id: await idOf(`Wrap ${name}`), value: true});
      await act('check', {selector: `#for-${name}`, value: true});
      // A transparent input in front of its switch is what is seen, and hit.
      const seen = name === 'transparent' ? {selector: '#s-transparent'} : {id: await idOf(`Switch ${name}`)};
      await act('check', {...seen, value: true});
      const states = await evaluate(`['w', 'f', 's'].map((kind) => document.getElementById(kind + '-${name}').checked)`);
      assert.deepEqual(states, [true, true, true], name);
      await act('check', {selector: `#span-${name}`, value: false});
      await act('check', {selector: `#w-${name}`, value: true});
      assert.equal(await evaluate(`document.getElementById('w-${name}').checked`), true, name);
    }
    await act('check', {selector: '#terms', value: true});
    assert.deepEqual(await evaluate('[agree.checked, location.pathname]'), [true, '/']);
    await act('check', {selector: '#own', value: true});
    await refused('check', {selector: '#dead', value: true, timeout: 100}, /not enabled/);
    await refused('check', {selector: 'text=Order', value: true, timeout: 100}, /no checkbox/);
  });

  test(`${browser}: files are given by what is seen of their input`, async (t) => {
    const rows = Object.entries(kHidden).map(([name, style]) => `
      <p><label id="l-${name}"><input type="file" style="${style}">Label ${name}</label></p>
      <p><input type="file" id="for-${name}" style="${style}"><label for="for-${name}"><span id="s-${name}" tabindex="0">Span ${name}</span></label></p>
      <p><input type="file" style="${style}"><button type="button" onclick="this.previousElementSibling.click()">Button ${name}</button></p>`);
    const {act, attempt, evaluate, idOf, refused, giveFile} = await startPage(t, browser, {'/': `<!doctype html><title>Files</title>${kRecord}${rows.join('')}
      <button type="button" id="made" onclick="window.made_ = document.createElement('input'); made_.type = 'file'; setTimeout(() => made_.click(), 100)">Made</button>
      <button type="button" id="idle">Idle</button><form><input id="alone" type="file" style="display:none"><button id="send">Send</button></form>
      <label id="offlabel"><input type="file" id="off" disabled style="display:none">Off</label>`});
    const file_path = await giveFile('tea.txt', 'tea');
    for (const name of Object.keys(kHidden)) {
      await act('upload_file', {id: await idOf(`Label ${name}`), file_path});
      await act('upload_file', {id: await idOf(`Span ${name}`), file_path});
      await act('upload_file', {id: await idOf(`Button ${name}`), file_path});
    }
    assert.deepEqual(await evaluate(`[...document.querySelectorAll('p input')].map((input) => input.files[0]?.name)`),
                     Array(15).fill('tea.txt'));
    await act('upload_file', {selector: '#made', file_path});
    assert.equal(await evaluate('made_.files[0].name'), 'tea.txt');
    const idle = await attempt('upload_file', {selector: '#idle', file_path, timeout: 100});
    assert.match(idle.message, /opened no file chooser when it was pressed/);
    await refused('upload_file', {selector: '#send', file_path, timeout: 100}, /is no <input type="file">/);
    await refused('upload_file', {selector: '#offlabel', file_path, timeout: 100}, /is not enabled/);
  });

  test(`${browser}: an id that stands for nothing is said at once`, async (t) => {
    const {act, attempt, idOf, telltale, id, url, evaluate} = await startPage(t, browser, {
      '/': '<!doctype html><button id="b">Buy</button><h1 onclick="this.textContent = \'hit\'">Head</h1><b1>odd</b1>', '/next': '<button>Next</button>'});
    const atOnce = async (action) => {
      const began = Date.now();
      const {success, message} = await attempt('click', action);
      assert.ok(Date.now() - began < 5000, `after ${Date.now() - began} ms`);
      assert.equal(success, false);
      assert.match(message, /observe/);
    };
    await atOnce({id: 'B1'});  // before any observation
    const buy = await idOf('Buy');
    for (const stale of ['Z9', 'B999', 'b1', 'nonsense']) await atOnce({id: stale});
    for (const stale of ['Z9', 'B999']) await atOnce({selector: stale});
    await evaluate('b.replaceWith(b.cloneNode(true))');
    await atOnce({id: buy});
    const again = await idOf('Buy');
    await act('goto', {url: `${url}/next`});
    await atOnce({id: again});
    const began = Date.now();
    const invoked = await call(telltale, 'POST', '/invoke', {body: {cmd: 'click', args: {id, selector: 'Q7'}}});
    assert.match(JSON.stringify(invoked.body), /Q7/);
    assert.ok(invoked.status >= 400 && Date.now() - began < 5000, JSON.stringify(invoked.body));
    await act('goto', {url: `${url}/`});
    await act('click', {selector: 'H1'});
    assert.equal(await evaluate("document.querySelector('h1').textContent"), 'hit');
    await act('hover', {selector: 'b1'});
  });

  test(`${browser}: a navigation that leads to no page says why`, async (t) => {
    const answers = {
      '/': '<title>Home</title><p>home', '/slow': () => {},
      '/file': (r) => { r.writeHead(200, {'Content-Type': 'application/octet-stream', 'Content-Disposition': 'attachment; filename="report.bin"'}); r.end('x'); },
      '/zip': (r) => { r.writeHead(200, {'Content-Type': 'application/zip'}); r.end('x'); },
      '/to-file': (r) => { r.writeHead(302, {Location: '/file'}); r.end(); },
      '/204': (r) => { r.writeHead(204); r.end(); }, '/205': (r) => { r.writeHead(205); r.end(); },
      '/to-204': (r) => { r.writeHead(302, {Location: '/204'}); r.end(); },
      '/304': (r) => { r.writeHead(304); r.end(); },
      '/loop': (r) => { r.writeHead(302, {Location: '/loop'}); r.end(); },
      '/broken': (r) => { r.socket.destroy(); },
    };
    const {act, attempt, evaluate, url, telltale, id} = await startPage(t, browser, answers);
    const why = async (path, reason) => {
      const {success, message} = await attempt('goto', {url: path.startsWith('http') ? path : url + path});
      assert.equal(success, false, path);
      assert.match(message, reason);
      assert.doesNotMatch(message, /ERR_ABORTED/);
    };
    for (const path of ['/file', '/zip', '/to-file']) await why(path, /is a download/);
    if (browser === 'chromium') await why('/file', /is a download of 'report.bin'/);
    for (const path of ['/204', '/205', '/to-204']) await why(path, /has no content \(the server answered 20[45]\)/);
    await why('/304', /led to no page/);
    assert.equal(await evaluate('document.title'), 'Home');
    const {success} = await attempt('goto_new_tab', {url: `${url}/204`});
    assert.equal(success, false);
    const {body} = await call(telltale, 'POST', `/sessions/${id}/page/observe`, {body: {screenshot: false}});
    assert.deepEqual([body.metadata.title, body.metadata.tabs.length], ['Home', 1]);
    const slow = attempt('goto', {url: `${url}/slow`});
    await new Promise((resolve) => setTimeout(resolve, 500));
    await act('goto', {url: `${url}/`});
    assert.match((await slow).message, /another navigation has taken the place/);
    await why('/loop', /redirects again and again \(net::ERR_TOO_MANY_REDIRECTS\)/);
    await why('/broken', /without an answer \(net::ERR_EMPTY_RESPONSE\)/);
    await why('http://no-such-host.invalid/', /no such host is known/);
    await why(url.replace('http:', 'https:'), /does not speak TLS/);
  });

  test(`${browser}: pages are 1920x1080, those that a client opens as well`, async (t) => {
    const url = await startSite(t, {'/': '<title>Home</title><a id="a" href="/" target="_blank">x</a>'});
    const telltale = await startTelltale(t, ['--chromium', browser]);
    const {body: {session_id: id}} = await call(telltale, 'POST', '/browsers', {body: {}});
    const run = (type, action = {}) => call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: {type, ...action}});
    const size = async () => (await run('evaluate_js', {code: 'innerWidth + "x" + innerHeight'})).body.data?.markdown;
    assert.equal(await size(), '1920x1080');
    await run('goto', {url: `${url}/`});
    assert.equal(await size(), '1920x1080');
    await run('click', {selector: '#a'});
    assert.equal(await size(), '1920x1080');
    await run('goto_new_tab', {url: `${url}/`});
    assert.equal(await size(), '1920x1080');
    const picture = await fetch(`${telltale.url}/browsers/${id}/computer/screenshot`, {method: 'POST', headers: {authorization: `Bearer ${telltale.token}`}});
    const png = Buffer.from(await picture.arrayBuffer());
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1920, 1080]);
  });
}

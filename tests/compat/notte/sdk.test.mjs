// The official client from npm, unmodified: sessions, and a small shop that is driven through them.

import assert from 'node:assert/strict';
import http from 'node:http';
import {join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {
  NotteClient, listSessions, pageExecute, pageObserve, pageScrape, pageScreenshot, sessionCookiesGet, sessionCookiesSet,
  sessionDebugInfo, sessionStart, sessionStatus, sessionStop,
} from 'notte-sdk';
import puppeteer from 'puppeteer-core';
import {createGenerator} from 'ts-json-schema-generator';
import WebSocket from 'ws';

import {checker} from '../kernel/sdk.mjs';
import {kDateTime, kUuid} from '../seeds/api.mjs';
import {eventually, listen, startTelltale} from '../telltale.mjs';

const html = (title, body) => `<!doctype html><meta charset=utf-8><title>${title}</title><link rel=icon href="data:,">${body}`;
const kPages = {
  '/': html('Log in', `<form method=post action=/login><label>User <input name=user></label>
    <label>Password <input name=password type=password></label><button>Log in</button></form>`),
  '/order': html('Order', `<main><h1>Order tea</h1><p>The best tea that there is on this side of the river, in two sizes.</p>
    <p><a href=/terms>Terms of delivery</a></p><img src=/tea.svg alt="A cup of tea" width=200 height=200>
    <form id=order method=post action=/order><label>Name <input id=name name=name></label>
    <label>Size <select id=size name=size><option value=s>Small<option value=l>Large</select></label>
    <label><input id=gift name=gift type=checkbox> As a gift</label><button id=send>Send it</button></form></main>
    <div style="height: 4000px"></div><button id=last>Far below</button>`),
  '/terms': html('Terms', '<main><h1>Terms</h1><p>Delivered within three days, or you drink for free for a year.</p></main>'),
  '/thanks': html('Thanks', '<h1>Thank you</h1>'),
};

/** A shop that wants a log-in, and keeps what was sent to it. */
async function startShop(t) {
  const received = [];
  const site = http.createServer(async (request, response) => {
    const {pathname} = new URL(request.url, 'http://site');
    if (request.method === 'POST') {
      let body = '';
      for await (const bytes of request) body += bytes;
      received.push([pathname, Object.fromEntries(new URLSearchParams(body)), request.headers.cookie ?? '']);
      const cookie = pathname === '/login' ? {'set-cookie': 'user=ada; HttpOnly'} : {};
      response.writeHead(303, {location: pathname === '/login' ? '/order' : '/thanks', ...cookie}).end();
    } else if (pathname === '/tea.svg') {
      response.writeHead(200, {'content-type': 'image/svg+xml'})
          .end('<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><circle cx="100" cy="100" r="90"/></svg>');
    } else if (pathname === '/order' && !/user=ada/.test(request.headers.cookie ?? '')) {
      response.writeHead(303, {location: '/'}).end();
    } else {
      response.writeHead(kPages[pathname] ? 200 : 404, {'content-type': 'text/html'}).end(kPages[pathname] ?? 'none');
    }
  });
  const port = await listen(site);
  t.after(() => {
    site.close();
    site.closeAllConnections();
  });
  return {url: (path) => `http://127.0.0.1:${port}${path}`, received};
}

/** A client of a new telltale. The SDK has one HTTP client per process: the last NotteClient that was made speaks. */
async function start(t, options) {
  const telltale = await startTelltale(t, options);
  const notte = new NotteClient({apiKey: telltale.token, baseUrl: telltale.url});
  return {telltale, notte, client: notte.getClient()};
}

/** A client with a session on one page of the shop, logged in. */
async function startOrder(t) {
  const shop = await startShop(t);
  const all = await start(t);
  const session = all.notte.Session({viewport_width: 1000, viewport_height: 700});
  await session.start();
  await session.setCookies([{name: 'user', value: 'ada', domain: '127.0.0.1', path: '/', httpOnly: true}]);
  await session.execute({type: 'goto', url: shop.url('/order')});
  const evaluate = async (code) => JSON.parse((await session.execute({type: 'evaluate_js', code: `[${code}]`})).data.markdown)[0];
  return {...all, shop, session, evaluate, path: {session_id: session.getId()}};
}

// What the SDK declares of its answers. A picture is declared to be a Blob, and is base64 on the wire.
const kTypes = ['SessionResponse', 'PaginatedResponseSessionResponse', 'ApiExecutionResponse', 'ActionSpace', 'SnapshotMetadata',
                'BoundingBox', 'DataSpace', 'SessionDebugResponse', 'GetCookiesResponse'];
const checks = (() => {
  const path = join(fileURLToPath(import.meta.resolve('notte-sdk')), '..', 'index.d.ts');
  const generator = createGenerator({path, type: '*', skipTypeCheck: true, additionalProperties: true, topRef: false,
                                     jsDoc: 'none', expose: 'all'});
  return Object.fromEntries(kTypes.map((type) => [type, checker(generator.createSchema(type))]));
})();
const isA = (type, value) => assert.deepEqual(checks[type](value), [], `${type}: ${JSON.stringify(value)}`);

test('a session starts, is looked at and stops', async (t) => {
  const {notte, client} = await start(t);
  const session = notte.Session({
    idle_timeout_minutes: 5, max_duration_minutes: 30, viewport_width: 800, viewport_height: 600, headless: true,
    solve_captchas: false, proxies: false, browser_type: 'chromium', user_agent: 'shopper/1', screenshot_type: 'raw',
    chrome_args: null, profile: null, use_file_storage: false, web_bot_auth: false, extra_http_headers: null, vault_id: null,
  });
  assert.equal(session.isSessionActive(), false);
  await session.start();
  assert.equal(session.isSessionActive(), true);
  const id = session.getId();
  assert.match(id, kUuid);
  for (const answer of [session.getResponse(), await session.status()]) {
    isA('SessionResponse', answer);
    const {session_id, status, idle_timeout_minutes, max_duration_minutes, viewport_width, viewport_height, user_agent} = answer;
    assert.deepEqual({session_id, status, idle_timeout_minutes, max_duration_minutes, viewport_width, viewport_height, user_agent},
                     {session_id: id, status: 'active', idle_timeout_minutes: 5, max_duration_minutes: 30, viewport_width: 800,
                      viewport_height: 600, user_agent: 'shopper/1'});
    assert.match(answer.created_at, kDateTime);
    assert.equal(answer.closed_at ?? null, null);
  }
  await assert.rejects(session.start(), /already active/);
  await session.stop();
  assert.equal(session.isSessionActive(), false);
  const stopped = session.getResponse();
  isA('SessionResponse', stopped);
  assert.equal(stopped.status, 'closed');
  assert.match(stopped.closed_at, kDateTime);
  await session.stop();
  const {data} = await sessionStatus({client, path: {session_id: id}});
  assert.equal(data.status, 'closed');
});

test('today\'s defaults: 3 minutes idle, 15 at most, as many steps as wanted', async (t) => {
  const {notte} = await start(t);
  await notte.Session().use(async (session) => {
    const {idle_timeout_minutes, max_duration_minutes, viewport_width, viewport_height} = await session.status();
    assert.deepEqual([idle_timeout_minutes, max_duration_minutes, viewport_width, viewport_height], [3, 15, 1280, 1080]);
    for (let i = 0; i < 25; i++) await session.execute({type: 'wait', time_ms: 0});
  });
  await notte.Session({timeoutMinutes: 7}).use(async (session) => {
    assert.equal((await session.status()).idle_timeout_minutes, 7);
  });
});

test('a session ends with the block that uses it, also when that fails', async (t) => {
  const {notte, client} = await start(t);
  const active = async () => (await listSessions({client})).data.items.length;
  assert.equal(await notte.Session().use(async (session) => {
    assert.equal(await active(), 1);
    return session.isSessionActive();
  }), true);
  await assert.rejects(notte.Session().use(async () => { throw new Error('in the block'); }), /in the block/);
  let seen;
  for await (const session of notte.Session()) seen = session.getId();
  assert.match(seen, kUuid);
  assert.equal(await active(), 0);
});

test('a person logs in and orders', async (t) => {
  const shop = await startShop(t);
  const {notte} = await start(t);
  await notte.Session().use(async (session) => {
    await session.execute({type: 'goto', url: shop.url('/order')});
    let seen = await session.observe();
    assert.equal(seen.metadata.title, 'Log in');
    const id = (text) => {
      const found = seen.space.interaction_actions.find(({description}) => description.includes(text));
      assert.ok(found, `nothing with ${text} in ${seen.space.description}`);
      return found.id;
    };
    await session.execute({type: 'fill', id: id('name="user"'), value: 'ada'});
    await session.execute({type: 'fill', id: id('name="password"'), value: 's3cret', press_enter: true});
    seen = await eventually('the order page', async () => {
      const now = await session.observe();
      return now.metadata.title === 'Order' && now;
    });
    await session.execute({type: 'fill', id: id('name="name"'), value: 'Ada'});
    await session.execute({type: 'select_dropdown_option', id: id('<select'), value: 'Large'});
    await session.execute({type: 'check', id: id('name="gift"'), value: true});
    const done = await session.execute({type: 'click', id: id('Send it')});
    isA('ApiExecutionResponse', done);
    await eventually('the thanks', async () => (await session.observe()).metadata.title === 'Thanks');
  });
  assert.deepEqual(shop.received, [['/login', {user: 'ada', password: 's3cret'}, ''],
                                   ['/order', {name: 'Ada', size: 'l', gift: 'on'}, 'user=ada']]);
});

test('actions find their element by selector', async (t) => {
  const {session, evaluate} = await startOrder(t);
  await session.execute({type: 'fill', selector: {css_selector: '#name', xpath_selector: ''}, value: 'Ada'});
  assert.equal(await evaluate('document.forms[0].name.value'), 'Ada');
  const selectors = (playwright_selector) => ({css_selector: '', xpath_selector: '', playwright_selector});
  await session.execute({type: 'fill', selector: selectors('#name'), value: 'Bob'});
  await session.execute({type: 'fill', selector: {css_selector: '', xpath_selector: '//*[@id="name"]'}, value: ' B.', clear_before_fill: false});
  assert.equal(await evaluate('document.querySelector("#name").value'), 'Bob B.');
  await session.execute({type: 'check', selector: '#gift', value: true});
  await session.execute({type: 'select_dropdown_option', selector: '#size', value: 'l'});
  assert.deepEqual(await evaluate('[gift.checked, size.value]'), [true, 'l']);
  await session.execute({type: 'check', selector: '#gift', value: false});
  await session.execute({type: 'click', selector: '#name'});
  await session.execute({type: 'press_key', key: 'Control+a'});
  await session.execute({type: 'press_key', key: 'Delete'});
  assert.deepEqual(await evaluate('[gift.checked, document.querySelector("#name").value]'), [false, '']);
});

test('the page scrolls, waits and moves through its history', async (t) => {
  const {session, evaluate, shop} = await startOrder(t);
  const place = async (what, wanted) => eventually(`the page to be ${what}`, async () => wanted(await evaluate('scrollY')));
  await session.execute({type: 'scroll_down', amount: 500});
  await place('500 px down', (y) => y === 500);
  await session.execute({type: 'scroll_down'});
  await place('a page further down', (y) => y > 900);
  await session.execute({type: 'scroll_up', amount: 100_000});
  await place('at its top', (y) => y === 0);
  const began = performance.now();
  const waited = await session.execute({type: 'wait', time_ms: 120});
  assert.ok(performance.now() - began >= 120);
  assert.ok(new Date(waited.ended_at) - new Date(waited.started_at) >= 119);
  await session.execute({type: 'goto', url: shop.url('/terms')});
  await session.execute({type: 'go_back'});
  assert.equal((await session.observe()).metadata.url, shop.url('/order'));
  await session.execute({type: 'go_forward'});
  await session.execute({type: 'reload'});
  await session.execute({type: 'goto_new_tab', url: shop.url('/thanks')});
  assert.deepEqual((await session.observe()).metadata.tabs.map(({title}) => title), ['Terms', 'Thanks']);
  await session.execute({type: 'switch_tab', tab_index: 0});
  assert.equal((await session.observe()).metadata.title, 'Terms');
  await session.execute({type: 'switch_tab', tab_index: -1});
  await session.execute({type: 'close_tab'});
  assert.equal((await session.observe()).metadata.title, 'Terms');
});

test('an action that fails is an error, or an answer that says so', async (t) => {
  const {session, client, path} = await startOrder(t);
  const action = {type: 'click', selector: '#absent', timeout: 200};
  await assert.rejects(session.execute(action), /^Error: Action execution failed: no element matches '#absent'/);
  const failed = await session.execute(action, false);
  isA('ApiExecutionResponse', failed);
  assert.equal(failed.success, false);
  assert.match(failed.message, /no element matches '#absent'/);
  assert.match(failed.exception, /no element matches '#absent'/);
  assert.equal(failed.data ?? null, null);
  assert.equal((await session.execute({type: 'goto', url: 'http://127.0.0.1:9/'}, false)).success, false);
  assert.equal((await session.execute({type: 'evaluate_js', code: 'nothing.at.all'}, false)).success, false);
  // What is no action at all is an error in any case.
  await assert.rejects(session.execute({type: 'fly'}, false), /^Error: Failed to execute action: type: must be one of goto, /);
  await assert.rejects(session.execute({type: 'fill', selector: '#name'}, false), /^Error: Failed to execute action: .*value/);
  await assert.rejects(session.execute({type: 'goto', url: 'file:///etc/passwd'}, false), /^Error: Failed to execute action: .*url/);
  const {error, response} = await pageExecute({client, path, body: {type: 'click'}});
  assert.equal(response.status, 422);
  assert.ok(Array.isArray(error.detail) && error.detail.every(({loc, msg, type}) => loc && msg && type), JSON.stringify(error));
});

test('an observation is as the SDK declares it', async (t) => {
  const {session, client, path} = await startOrder(t);
  const seen = await session.observe('fast');
  assert.deepEqual(Object.keys(seen), ['started_at', 'ended_at', 'metadata', 'screenshot', 'space']);
  assert.match(seen.started_at, kDateTime);
  assert.ok(seen.ended_at >= seen.started_at);
  isA('SnapshotMetadata', seen.metadata);
  isA('ActionSpace', seen.space);
  const {viewport} = seen.metadata;
  assert.deepEqual([viewport.viewport_width, viewport.viewport_height], [1000, 700]);
  const png = Buffer.from(seen.screenshot.raw, 'base64');
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1000, 700]);
  const ids = seen.space.interaction_actions.map(({id}) => id);
  assert.ok(ids.length >= 5, seen.space.description);
  assert.deepEqual(seen.screenshot.bboxes.map(({notte_id}) => notte_id).sort(), [...ids].sort());
  for (const box of seen.screenshot.bboxes) {
    isA('BoundingBox', box);
    assert.ok(box.width > 0 && box.height > 0 && box.x >= 0 && box.y >= 0 && box.y < 700, JSON.stringify(box));
  }
  assert.ok(!seen.space.description.includes('Far below'));
  assert.deepEqual(seen.space.actions, [...seen.space.interaction_actions, ...seen.space.browser_actions]);
  // What an observation offers can be sent back as it is.
  const link = seen.space.interaction_actions.find(({description}) => description.includes('Terms'));
  await session.execute(link);
  await eventually('the terms', async () => (await session.observe()).metadata.title === 'Terms');
  await assert.rejects(session.observe('deep'), /^Error: Failed to observe page: .*language model/);
  const asked = await pageObserve({client, path, body: {instructions: 'read the terms'}});
  assert.deepEqual(asked.data.space.interaction_actions, []);
  assert.match(asked.data.space.description, /language model/);
});

test('a page is scraped as Markdown, as images, or as what its selector holds', async (t) => {
  const {session, client, path, shop} = await startOrder(t);
  const markdown = await session.scrape();
  assert.match(markdown, /^# Order tea$/m);
  assert.match(markdown, /best tea that there is/);
  assert.ok(markdown.includes(`[Terms of delivery](${shop.url('/terms')})`), markdown);
  assert.ok(!(await session.scrape({scrape_links: false})).includes('/terms'));
  assert.match(await session.scrape({scrape_images: true}), /tea\.svg/);
  assert.equal((await session.scrape({selector: 'h1'})).trim(), '# Order tea');
  assert.match(await session.scrape({only_main_content: false}), /Far below/);
  const images = await session.scrape({only_images: true});
  assert.ok(images.some(({url}) => url === shop.url('/tea.svg')), JSON.stringify(images));
  const {data} = await pageScrape({client, path, body: {scrape_images: true}});
  isA('DataSpace', data);
  const structured = await session.scrape({instructions: 'the price of tea'});
  assert.equal(structured.success, false);
  assert.match(structured.error, /language model/);
  await assert.rejects(session.scrape({selector: '##'}), /^Error: Failed to scrape page: .*selector/);
});

test('cookies are set, sent to the site and read back', async (t) => {
  const {session, client, path, shop} = await startOrder(t);
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const answer = await session.setCookies([
    {name: 'lang', value: 'en', domain: '127.0.0.1', path: '/', httpOnly: false, secure: false, sameSite: 'Lax', expirationDate: expires,
     hostOnly: null, session: null, storeId: null, partitionKey: null},
    {name: 'theme', value: 'dark=1', domain: '127.0.0.1', path: '/terms', httpOnly: true, secure: null, sameSite: null, expires: null},
  ]);
  assert.equal(answer.success, true);
  await session.execute({type: 'click', selector: '#send'});
  await eventually('the order', () => shop.received.length);
  assert.deepEqual(shop.received[0][2].split('; ').sort(), ['lang=en', 'user=ada']);
  const cookies = await session.getCookies();
  isA('GetCookiesResponse', (await sessionCookiesGet({client, path})).data);
  const named = Object.fromEntries(cookies.map((cookie) => [cookie.name, cookie]));
  assert.equal(named.lang.sameSite, 'Lax');
  assert.equal(Math.floor(named.lang.expirationDate), expires);
  assert.deepEqual([named.theme.value, named.theme.path, named.theme.httpOnly, named.theme.session], ['dark=1', '/terms', true, true]);
  // What was read can be set again.
  assert.equal((await sessionCookiesSet({client, path, body: {cookies}})).data.success, true);
  assert.deepEqual((await session.getCookies()).map(({name, value}) => [name, value]).sort(),
                   cookies.map(({name, value}) => [name, value]).sort());
  await assert.rejects(session.setCookies([{value: 'nameless', domain: '127.0.0.1', path: '/', httpOnly: false}]),
                       /^Error: Failed to set cookies: .*name/);
});

test('a picture of the page is a PNG', async (t) => {
  const {client, path} = await startOrder(t);
  const {data, error, response} = await pageScreenshot({client, path});
  assert.equal(response.status, 200, JSON.stringify(error));
  assert.equal(response.headers.get('content-type'), 'image/png');
  const png = Buffer.from(await data.arrayBuffer());
  assert.equal(png.subarray(1, 4).toString(), 'PNG');
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1000, 700]);
});

test('sessions are listed page by page, newest first', async (t) => {
  const {notte, client} = await start(t);
  const ids = [];
  for (let i = 0; i < 3; i++) {
    const {data} = await sessionStart({client, body: {viewport_width: 400 + i}});
    ids.unshift(data.session_id);
  }
  const list = async (query) => {
    const {data} = await listSessions({client, query});
    isA('PaginatedResponseSessionResponse', data);
    return {...data, items: data.items.map(({session_id}) => session_id)};
  };
  assert.deepEqual(await list({page_size: 2}), {items: ids.slice(0, 2), page: 1, page_size: 2, has_next: true, has_previous: false});
  assert.deepEqual(await list({page: 2, page_size: 2}), {items: ids.slice(2), page: 2, page_size: 2, has_next: false, has_previous: true});
  assert.deepEqual((await list()).items, ids);
  await sessionStop({client, path: {session_id: ids[0]}});
  assert.deepEqual((await list({only_active: true})).items, ids.slice(1));
  assert.deepEqual((await list({only_active: false, only_current_token: true})).items, ids);
  assert.deepEqual((await list({page: 9})).items, []);
  const refused = await listSessions({client, query: {page_size: 0}});
  assert.equal(refused.response.status, 422);
  assert.match(JSON.stringify(refused.error), /page_size/);
  assert.ok(notte.getConfig().baseUrl);
});

test('debug information leads DevTools clients to the browser and to each tab', async (t) => {
  const {session, client, path, shop} = await startOrder(t);
  await session.execute({type: 'goto_new_tab', url: shop.url('/terms')});
  const {data} = await sessionDebugInfo({client, path});
  isA('SessionDebugResponse', data);
  assert.deepEqual(data.tabs.map(({metadata}) => metadata),
                   [{tab_id: 0, title: 'Order', url: shop.url('/order')}, {tab_id: 1, title: 'Terms', url: shop.url('/terms')}]);
  const browser = await puppeteer.connect({browserWSEndpoint: data.ws.cdp, defaultViewport: null});
  t.after(() => browser.disconnect());
  const pages = await browser.pages();
  assert.deepEqual((await Promise.all(pages.map((page) => page.title()))).sort(), ['Order', 'Terms']);
  const socket = new WebSocket(data.tabs[1].ws_url);
  t.after(() => socket.close());
  const answer = await new Promise((resolve, reject) => {
    socket.onopen = () => socket.send(JSON.stringify({id: 1, method: 'Runtime.evaluate', params: {expression: 'document.title'}}));
    socket.onmessage = ({data: text}) => resolve(JSON.parse(text));
    socket.onerror = () => reject(new Error('the tab cannot be connected to'));
  });
  assert.equal(answer.result.result.value, 'Terms');
  const listed = await fetch(data.debug_url);
  assert.deepEqual((await listed.json()).map(({title}) => title).sort(), ['Order', 'Terms']);
  assert.equal((await session.status()).cdp_url, data.ws.cdp);
});

test('what telltale refuses is said in the words of the SDK', async (t) => {
  const {telltale, notte, client} = await start(t, ['--max-sessions', '1']);
  for (const [option, value] of Object.entries({
    proxies: true, solve_captchas: true, browser_type: 'firefox', chrome_args: ['--mute-audio'], profile: {id: 'p'},
    use_file_storage: true, web_bot_auth: true, extra_http_headers: {a: 'b'}, vault_id: 'v', screenshot_type: 'full',
    idle_timeout_minutes: 0, viewport_width: 'wide', no_such_option: 1,
  })) {
    await assert.rejects(notte.Session({[option]: value}).start(), (error) => {
      assert.match(error.message, /^Failed to start session: Failed to create session: /);
      assert.ok(error.message.includes(option), error.message);
      return true;
    });
  }
  const session = notte.Session();
  await session.start();
  await assert.rejects(notte.Session().start(), /^Error: Failed to start session: .*sessions/);
  const refused = await sessionStart({client, body: {}});
  assert.equal(refused.response.status, 529);
  const path = {session_id: '00000000-0000-4000-8000-000000000000'};
  for (const call of [sessionStatus, sessionStop, sessionDebugInfo, sessionCookiesGet, pageScreenshot]) {
    const {error, response} = await call({client, path});
    assert.equal(response.status, 404, response.url);
    assert.match(error.message, /no session/);
  }
  for (const [call, body] of [[pageExecute, {type: 'reload'}], [pageObserve, {}], [pageScrape, {}], [sessionCookiesSet, {cookies: []}]]) {
    assert.equal((await call({client, path, body})).response.status, 404);
  }
  const stranger = new NotteClient({apiKey: 'wrong', baseUrl: telltale.url});
  await assert.rejects(stranger.Session().start(), /^Error: Failed to start session: .*token/);
  assert.equal((await listSessions({client})).response.status, 401);
});

// Sessions through the official SDK: create, list, retrieve, update, delete, and errors as the classes of the SDK.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import Kernel from '@onkernel/sdk';

import {startTelltale} from '../telltale.mjs';
import {checkBrowser, clientOf} from './sdk.mjs';

const flags = (browser) => Object.fromEntries(
  Object.entries(browser.telemetry.browser).map(([category, {enabled}]) => [category, enabled]));
const QUIET = {control: true, connection: true, system: true, captcha: true};
const OFF = {console: false, network: false, page: false, interaction: false, screenshot: false};

async function start(t, options) {
  const telltale = await startTelltale(t, options);
  return clientOf(telltale);
}

test('create returns a browser as the SDK declares it', async (t) => {
  const kernel = await start(t);
  const browser = await kernel.browsers.create({
    name: 'from-the-sdk', tags: {team: 'blue'}, timeout_seconds: 120, viewport: {width: 800, height: 600},
    stealth: false, kiosk_mode: false, gpu: false, telemetry: {enabled: true},
  });
  assert.deepEqual(checkBrowser(browser), []);
  assert.equal(browser.name, 'from-the-sdk');
  assert.equal(browser.timeout_seconds, 120);
  assert.deepEqual(browser.tags, {team: 'blue'});
  assert.match(browser.cdp_ws_url, /^ws:/);
  assert.deepEqual(flags(browser), {...QUIET, ...OFF});
});

test('telemetry of create is layered on the default set', async (t) => {
  const kernel = await start(t);
  const cases = [
    [undefined, null],
    [{}, null],
    [{enabled: false}, null],
    [{enabled: true}, {...QUIET, ...OFF}],
    [{browser: {console: {enabled: true}}}, {...QUIET, ...OFF, console: true}],
    [{enabled: true, browser: {page: {enabled: true}, system: {enabled: false}}},
     {...QUIET, ...OFF, page: true, system: false}],
    [{browser: {control: {enabled: false}, connection: {enabled: false}, system: {enabled: false},
                captcha: {enabled: false}}}, null],
  ];
  for (const [telemetry, expected] of cases) {
    const browser = await kernel.browsers.create({telemetry});
    const actual = browser.telemetry === null ? null : flags(browser);
    assert.deepEqual(actual, expected, JSON.stringify(telemetry));
    await kernel.browsers.deleteByID(browser.session_id);
  }
  await assert.rejects(kernel.browsers.create({telemetry: {enabled: false, browser: {}}}), Kernel.BadRequestError);
});

test('list pages through the browsers, retrieve finds one by id and by name', async (t) => {
  const kernel = await start(t);
  const ids = [];
  for (const name of ['one', 'two', 'three']) ids.push((await kernel.browsers.create({name})).session_id);
  const listed = [];
  for await (const browser of kernel.browsers.list({limit: 1})) {
    assert.deepEqual(checkBrowser(browser), []);
    listed.push(browser.session_id);
  }
  assert.deepEqual(listed, ids);
  const page = await kernel.browsers.list({limit: 2});
  assert.equal(page.items.length, 2);
  assert.equal(page.hasNextPage(), true);
  assert.equal((await page.getNextPage()).hasNextPage(), false);
  assert.equal((await kernel.browsers.list({query: 'thr'})).items.length, 1);
  for (const key of [ids[1], 'two']) {
    const browser = await kernel.browsers.retrieve(key);
    assert.deepEqual(checkBrowser(browser), []);
    assert.equal(browser.session_id, ids[1]);
  }
});

test('deleteByID ends a browser, which can still be looked at', async (t) => {
  const kernel = await start(t);
  const {session_id: id} = await kernel.browsers.create();
  await kernel.browsers.deleteByID(id);
  await assert.rejects(kernel.browsers.retrieve(id), Kernel.NotFoundError);
  await assert.rejects(kernel.browsers.deleteByID(id), Kernel.NotFoundError);
  const browser = await kernel.browsers.retrieve(id, {include_deleted: true});
  assert.deepEqual(checkBrowser(browser), []);
  assert.ok(browser.deleted_at);
  assert.equal((await kernel.browsers.list({status: 'deleted'})).items.length, 1);
});

test('update merges, replaces and stops telemetry', async (t) => {
  const kernel = await start(t);
  const {session_id: id} = await kernel.browsers.create({telemetry: {browser: {console: {enabled: true}}}});
  const cases = [
    [{}, {...QUIET, ...OFF, console: true}],
    [{telemetry: null}, {...QUIET, ...OFF, console: true}],
    [{telemetry: {}}, {...QUIET, ...OFF, console: true}],
    [{telemetry: {browser: {page: {enabled: true}}}}, {...QUIET, ...OFF, console: true, page: true}],
    [{telemetry: {enabled: true, browser: {network: {enabled: true}}}}, {...QUIET, ...OFF, network: true}],
    [{telemetry: {enabled: true}}, {...QUIET, ...OFF}],
    [{telemetry: {enabled: false}}, null],
    [{telemetry: {browser: {interaction: {enabled: true}}}}, {...QUIET, ...OFF, interaction: true}],
  ];
  for (const [request, expected] of cases) {
    const browser = await kernel.browsers.update(id, request);
    assert.deepEqual(checkBrowser(browser), []);
    const actual = browser.telemetry === null ? null : flags(browser);
    assert.deepEqual(actual, expected, JSON.stringify(request));
  }
  await assert.rejects(kernel.browsers.update(id, {telemetry: {enabled: false, browser: {}}}), Kernel.BadRequestError);
});

test('update changes name, tags and viewport', async (t) => {
  const kernel = await start(t);
  const {session_id: id} = await kernel.browsers.create({name: 'before', tags: {a: '1', b: '2'}});
  let browser = await kernel.browsers.update('before', {name: 'after', tags: {c: '3'}});
  assert.equal(browser.session_id, id);
  assert.equal(browser.name, 'after');
  assert.deepEqual(browser.tags, {c: '3'});
  await assert.rejects(kernel.browsers.retrieve('before'), Kernel.NotFoundError);
  browser = await kernel.browsers.update(id, {name: '', tags: {}, viewport: {width: 640, height: 480}});
  assert.ok(!browser.name);
  assert.deepEqual(browser.tags ?? {}, {});
  assert.equal(browser.viewport.width, 640);
});

test('errors are the classes of the SDK', async (t) => {
  const telltale = await startTelltale(t, ['--max-sessions', '2']);
  const kernel = clientOf(telltale);
  const stranger = new Kernel({baseURL: telltale.url, apiKey: 'wrong', maxRetries: 0});
  await assert.rejects(stranger.browsers.list(), Kernel.AuthenticationError);
  await assert.rejects(kernel.browsers.create({timeout_seconds: 1}), (error) => {
    assert.ok(error instanceof Kernel.BadRequestError);
    assert.equal(error.status, 400);
    assert.match(error.message, /timeout_seconds/);
    assert.equal(error.error.code, 'invalid_argument');
    return true;
  });
  for (const option of [{proxy_id: 'p'}, {stealth: true}, {gpu: true}, {kiosk_mode: true}, {profile: {id: 'p'}},
                        {extensions: [{id: 'e'}]}, {chrome_policy: {a: 1}}]) {
    await assert.rejects(kernel.browsers.create(option), (error) => {
      assert.ok(error instanceof Kernel.BadRequestError);
      assert.ok(error.message.includes(Object.keys(option)[0]), error.message);
      return true;
    });
  }
  await kernel.browsers.create({name: 'taken'});
  await assert.rejects(kernel.browsers.create({name: 'taken'}), Kernel.ConflictError);
  await kernel.browsers.create();
  await assert.rejects(kernel.browsers.create(), Kernel.RateLimitError);
  await assert.rejects(kernel.browsers.retrieve('nobody'), Kernel.NotFoundError);
  await assert.rejects(kernel.browsers.deleteByID('nobody'), Kernel.NotFoundError);
  await assert.rejects(kernel.browsers.telemetry.stream('nobody'), Kernel.NotFoundError);
});

test('errors of update are the classes of the SDK', async (t) => {
  const kernel = await start(t);
  await kernel.browsers.create({name: 'taken'});
  const {session_id: id} = await kernel.browsers.create();
  await assert.rejects(kernel.browsers.update('nobody', {}), Kernel.NotFoundError);
  await assert.rejects(kernel.browsers.update(id, {name: 'taken'}), Kernel.ConflictError);
  for (const option of [{proxy_id: 'p'}, {profile: {id: 'p'}}, {disable_default_proxy: true}]) {
    await assert.rejects(kernel.browsers.update(id, option), (error) => {
      assert.ok(error instanceof Kernel.BadRequestError);
      assert.ok(error.message.includes(Object.keys(option)[0]), error.message);
      return true;
    });
  }
});

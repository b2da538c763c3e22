// The computer controls through the official SDK, judged by what a page received of them.

import assert from 'node:assert/strict';
import http from 'node:http';
import {test} from 'node:test';

import Kernel from '@onkernel/sdk';
import puppeteer from 'puppeteer-core';

import {eventually, listen, startTelltale} from '../telltale.mjs';
import {clientOf} from './sdk.mjs';

// A board without scroll bars, larger than the window; it keeps what it is told in `did`, e.g. "mousedown left 1 at 150,160".
const kBoard = `<!doctype html><meta charset=utf-8><title>Board</title>
  <style>html { scrollbar-width: none } body { margin: 0; width: 3000px; height: 3000px }
  body > * { position: absolute; box-sizing: border-box }
  #text { left: 20px; top: 20px; width: 300px; height: 40px }
  #box { left: 100px; top: 100px; width: 200px; height: 150px; background: #f00 }
  #low { left: 100px; top: 900px; width: 200px; height: 150px; background: #00f }</style>
  <textarea id=text></textarea><div id=box></div><div id=low></div>
  <script>
  window.did = [];
  const kButtons = ['left', 'middle', 'right', 'back', 'forward'];
  const held = (event) => ['Shift', 'Control', 'Alt', 'Meta'].filter((key) => event.getModifierState(key)).map((key) => key + '+').join('');
  for (const type of ['mousedown', 'mouseup', 'click', 'dblclick', 'contextmenu', 'auxclick']) {
    addEventListener(type, (event) => {
      if (event.button !== 0) event.preventDefault();
      did.push((event.isTrusted ? '' : 'untrusted ') + held(event) + type + ' ' + kButtons[event.button] + ' ' + event.detail +
               ' at ' + event.clientX + ',' + event.clientY);
    }, true);
  }
  window.moves = [];
  addEventListener('mousemove', (event) => moves.push({x: event.clientX, y: event.clientY, buttons: event.buttons, held: held(event)}));
  window.keys = [];
  for (const type of ['keydown', 'keyup']) addEventListener(type, (event) => keys.push(type + ' ' + held(event) + event.key));
  window.wheels = [];
  addEventListener('wheel', (event) => wheels.push({x: event.deltaX, y: event.deltaY, held: held(event), at: [event.clientX, event.clientY]}));
  </script>`;

/** A browser of 800 x 600 on the board: its controls, and the page as Puppeteer sees it. */
async function startBoard(t) {
  const site = http.createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(kBoard);
  });
  const port = await listen(site);
  t.after(() => {
    site.close();
    site.closeAllConnections();
  });
  const kernel = clientOf(await startTelltale(t));
  const {session_id: id, cdp_ws_url} = await kernel.browsers.create({name: 'board', viewport: {width: 800, height: 600}});
  const browser = await puppeteer.connect({browserWSEndpoint: cdp_ws_url, defaultViewport: null});
  t.after(() => browser.disconnect());
  const [page] = await browser.pages();
  await page.goto(`http://127.0.0.1:${port}/`);
  assert.deepEqual(await page.evaluate(() => [innerWidth, innerHeight]), [800, 600]);
  /** What the page has received since it was asked last. */
  const take = (list) => page.evaluate((name) => window[name].splice(0), list);
  return {kernel, computer: kernel.browsers.computer, id, page, take, port};
}

/** The colour of one pixel of a PNG, as the browser decodes it, and its size. */
async function look(page, png, x, y) {
  return page.evaluate(async (base64, column, row) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${base64}`;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0);
    return {width: picture.width, height: picture.height, colour: [...context.getImageData(column, row, 1, 1).data].slice(0, 3)};
  }, png.toString('base64'), x, y);
}

test('a click presses and releases a button at a place', async (t) => {
  const {computer, id, take} = await startBoard(t);
  await computer.clickMouse(id, {x: 150, y: 160});
  assert.deepEqual(await take('did'), ['mousedown left 1 at 150,160', 'mouseup left 1 at 150,160', 'click left 1 at 150,160']);
  await computer.clickMouse('board', {x: 12, y: 590});
  assert.deepEqual(await take('did'), ['mousedown left 1 at 12,590', 'mouseup left 1 at 12,590', 'click left 1 at 12,590']);
});

test('every button is clicked as itself', async (t) => {
  const {computer, id, take} = await startBoard(t);
  for (const button of ['left', 'right', 'middle', 'back', 'forward']) {
    await computer.clickMouse(id, {x: 150, y: 160, button});
    const did = await take('did');
    for (const type of ['mousedown', 'mouseup', button === 'left' ? 'click' : 'auxclick']) {
      assert.ok(did.includes(`${type} ${button} 1 at 150,160`), `${type} of ${button}: ${did.join()}`);
    }
    assert.equal(did.some((each) => each.startsWith('contextmenu')), button === 'right', did.join());
  }
});

test('several clicks are a double and a triple click', async (t) => {
  const {computer, id, take} = await startBoard(t);
  await computer.clickMouse(id, {x: 150, y: 160, num_clicks: 3});
  const did = await take('did');
  assert.deepEqual(did.filter((each) => each.startsWith('click')).map((each) => each.split(' ')[2]), ['1', '2', '3']);
  assert.deepEqual(did.filter((each) => each.startsWith('dblclick')), ['dblclick left 2 at 150,160']);
  assert.equal(did.filter((each) => each.startsWith('mousedown')).length, 3);
});

test('down and up are halves of a click', async (t) => {
  const {computer, id, take} = await startBoard(t);
  await computer.clickMouse(id, {x: 150, y: 160, click_type: 'down'});
  assert.deepEqual(await take('did'), ['mousedown left 1 at 150,160']);
  await take('moves');
  await computer.moveMouse(id, {x: 180, y: 170, smooth: false});
  assert.deepEqual((await take('moves')).map(({x, y, buttons}) => [x, y, buttons]), [[180, 170, 1]]);
  await computer.clickMouse(id, {x: 180, y: 170, click_type: 'up'});
  assert.deepEqual(await take('did'), ['mouseup left 1 at 180,170', 'click left 1 at 180,170']);
});

test('modifier keys are held during clicks and let go afterwards', async (t) => {
  const {computer, id, take} = await startBoard(t);
  const cases = [[['Shift'], 'Shift+'], [['ctrl'], 'Control+'], [['Control_L', 'alt'], 'Control+Alt+'], [['super'], 'Meta+']];
  for (const [hold_keys, shown] of cases) {
    await computer.clickMouse(id, {x: 150, y: 160, hold_keys});
    assert.deepEqual(await take('did'), ['mousedown', 'mouseup', 'click'].map((type) => `${shown}${type} left 1 at 150,160`));
    await computer.clickMouse(id, {x: 150, y: 160});
    assert.equal((await take('did')).at(-1), 'click left 1 at 150,160');
  }
});

test('the mouse moves at once or along a way, and its place is known', async (t) => {
  const {computer, id, take} = await startBoard(t);
  await computer.moveMouse(id, {x: 50, y: 300, smooth: false});
  assert.deepEqual(await computer.getMousePosition(id), {x: 50, y: 300});
  await take('moves');
  await computer.moveMouse(id, {x: 500, y: 420, smooth: false, hold_keys: ['Shift']});
  assert.deepEqual(await take('moves'), [{x: 500, y: 420, buttons: 0, held: 'Shift+'}]);
  await computer.moveMouse(id, {x: 100, y: 200, duration_ms: 50});
  const moves = await take('moves');
  assert.ok(moves.length > 2, `only ${moves.length} moves`);
  assert.deepEqual(moves.at(-1), {x: 100, y: 200, buttons: 0, held: ''});
  assert.ok(moves.every(({x}, i) => i === 0 || x <= moves[i - 1].x + 20), JSON.stringify(moves));
  assert.deepEqual(await computer.getMousePosition(id), {x: 100, y: 200});
  await computer.clickMouse(id, {x: 7, y: 8});
  assert.deepEqual(await computer.getMousePosition(id), {x: 7, y: 8});
});

test('a drag goes through all points of its path with the button down', async (t) => {
  const {computer, id, take} = await startBoard(t);
  await computer.dragMouse(id, {path: [[110, 110], [200, 110], [200, 230]], steps_per_segment: 3, hold_keys: ['Alt']});
  let did = await take('did');
  assert.equal(did[0], 'Alt+mousedown left 1 at 110,110');
  assert.ok(did.includes('Alt+mouseup left 1 at 200,230'), did.join());
  let moves = (await take('moves')).filter(({buttons}) => buttons === 1);
  assert.deepEqual(moves.map(({x, y}) => [x, y]), [[140, 110], [170, 110], [200, 110], [200, 150], [200, 190], [200, 230]]);
  assert.ok(moves.every(({held}) => held === 'Alt+'));
  await computer.dragMouse(id, {path: [[110, 110], [290, 240]], button: 'right', smooth: true, duration_ms: 50, delay: 1, step_delay_ms: 1});
  did = await take('did');
  assert.equal(did[0], 'mousedown right 1 at 110,110');
  assert.ok(did.includes('mouseup right 1 at 290,240'), did.join());
  moves = (await take('moves')).filter(({buttons}) => buttons === 2);
  assert.ok(moves.length > 2);
  assert.deepEqual(await computer.getMousePosition(id), {x: 290, y: 240});
});

test('a drag selects text as a person would', async (t) => {
  const {computer, id, page} = await startBoard(t);
  await computer.clickMouse(id, {x: 100, y: 40});
  await computer.typeText(id, {text: 'all of this'});
  await computer.dragMouse(id, {path: [[22, 30], [310, 30]]});
  const selected = () => page.$eval('#text', (area) => area.value.slice(area.selectionStart, area.selectionEnd));
  assert.equal(await selected(), 'all of this');
  await computer.typeText(id, {text: 'nothing'});
  assert.equal(await page.$eval('#text', (area) => area.value), 'nothing');
});

test('text is typed key by key at the focus', async (t) => {
  const {computer, id, page, take} = await startBoard(t);
  await computer.clickMouse(id, {x: 100, y: 40});
  await computer.typeText(id, {text: 'Ab 1?'});
  const downs = (await take('keys')).filter((key) => key.startsWith('keydown ') && !key.endsWith('Shift')).map((key) => key.slice(8));
  assert.deepEqual(downs, ['Shift+A', 'b', ' ', '1', 'Shift+?']);
  await computer.typeText(id, {text: '\nüß 日本 🎈', delay: 1});
  assert.equal(await page.$eval('#text', (area) => area.value), 'Ab 1?\nüß 日本 🎈');
  await computer.typeText(id, {text: ''});
  assert.equal(await page.$eval('#text', (area) => area.value.length), 'Ab 1?\nüß 日本 🎈'.length);
});

test('keys are pressed by their X11 names, alone and together', async (t) => {
  const {computer, id, page, take} = await startBoard(t);
  await computer.clickMouse(id, {x: 100, y: 40});
  await computer.pressKey(id, {keys: ['a', 'Return', 'Shift+b', 'F5', 'Page_Down', 'space', 'Left', 'BackSpace', 'Tab']});
  const downs = (await take('keys')).filter((key) => key.startsWith('keydown ')).map((key) => key.slice(8));
  assert.deepEqual(downs.filter((key) => key !== 'Shift+Shift'),
                   ['a', 'Enter', 'Shift+B', 'F5', 'PageDown', ' ', 'ArrowLeft', 'Backspace', 'Tab']);
  assert.equal(await page.$eval('#text', (area) => area.value), 'a\n ');
  await page.focus('#text');
  await computer.pressKey(id, {keys: ['Ctrl+a', 'Delete']});
  assert.equal(await page.$eval('#text', (area) => area.value), '');
  await take('keys');
  await computer.pressKey(id, {keys: ['x'], hold_keys: ['Shift'], duration: 20});
  assert.deepEqual(await take('keys'), ['keydown Shift+Shift', 'keydown Shift+X', 'keyup Shift+X', 'keyup Shift']);
  assert.equal(await page.$eval('#text', (area) => area.value), 'X');
});

test('the wheel turns by notches, up, down and sideways', async (t) => {
  const {computer, id, page, take} = await startBoard(t);
  const place = () => page.evaluate(() => [scrollX, scrollY]);
  const settles = (what, wanted) => eventually(`the page to scroll ${what}`, async () => wanted(...await place()));
  await computer.scroll(id, {x: 400, y: 300, delta_y: 5});
  await settles('down', (x, y) => x === 0 && y > 100);
  const [wheel] = await take('wheels');
  assert.deepEqual(wheel.at, [400, 300]);
  assert.ok(wheel.y > 0 && wheel.x === 0);
  await computer.scroll(id, {x: 400, y: 300, delta_y: -50});
  await settles('up', (x, y) => y === 0);
  await computer.scroll(id, {x: 400, y: 300, delta_x: 3});
  await settles('right', (x) => x > 50);
  await take('wheels');
  await computer.scroll(id, {x: 10, y: 20, delta_y: 1, hold_keys: ['ctrl']});
  const turned = await eventually('the wheel', async () => (await take('wheels'))[0]);
  assert.deepEqual([turned.held, turned.at], ['Control+', [10, 20]]);
  assert.deepEqual(await computer.getMousePosition(id), {x: 10, y: 20});
  await computer.scroll(id, {x: 10, y: 20});
});

test('a picture is a PNG of what is seen, or of a part of it', async (t) => {
  const {computer, id, page} = await startBoard(t);
  const take = async (body) => {
    const response = await computer.captureScreenshot(id, body);
    assert.equal(response.headers.get('content-type'), 'image/png');
    return Buffer.from(await response.arrayBuffer());
  };
  assert.deepEqual(await look(page, await take(), 150, 160), {width: 800, height: 600, colour: [255, 0, 0]});
  assert.deepEqual(await look(page, await take({region: {x: 100, y: 100, width: 20, height: 30}}), 0, 0),
                   {width: 20, height: 30, colour: [255, 0, 0]});
  // The region is of the window, not of the document.
  await page.evaluate(() => {
    scrollTo(50, 800);
    return new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  });
  assert.deepEqual(await look(page, await take(), 60, 110), {width: 800, height: 600, colour: [0, 0, 255]});
  assert.deepEqual(await look(page, await take({region: {x: 50, y: 100, width: 40, height: 10}}), 39, 9),
                   {width: 40, height: 10, colour: [0, 0, 255]});
  assert.deepEqual(await page.evaluate(() => [scrollX, scrollY]), [50, 800]);
});

test('a picture is taken also while the page leaves for another site', async (t) => {
  const {computer, id, page, port} = await startBoard(t);
  for (const host of ['localhost', '127.0.0.1', 'localhost', '127.0.0.1']) {
    let there = false;
    const going = page.goto(`http://${host}:${port}/`).then(() => { there = true; });
    do {
      const picture = await computer.captureScreenshot(id, {}, {timeout: 10_000});
      assert.equal(Buffer.from(await picture.arrayBuffer()).readUInt32BE(16), 800);
    } while (!there);
    await going;
  }
});

test('what cannot be done is an error of the SDK, and does nothing', async (t) => {
  const {kernel, computer, id, page, take} = await startBoard(t);
  const bad = (call, says) => assert.rejects(call, (error) => {
    assert.ok(error instanceof Kernel.BadRequestError, `${error.constructor.name}: ${error.message}`);
    assert.equal(error.status, 400);
    assert.match(error.message, says);
    assert.equal(error.error.code, 'invalid_argument');
    return true;
  });
  await bad(computer.clickMouse(id, {x: 1, y: 1, button: 'thumb'}), /button/);
  await bad(computer.clickMouse(id, {x: 1, y: 1, click_type: 'long'}), /click_type/);
  await bad(computer.clickMouse(id, {x: -1, y: 1}), /\bx\b/);
  await bad(computer.clickMouse(id, {x: 1}), /\by\b/);
  await bad(computer.clickMouse(id, {x: 1, y: 1, num_clicks: 0}), /num_clicks/);
  await bad(computer.clickMouse(id, {x: 1, y: 1, hold_keys: ['q']}), /hold_keys.*'q'/);
  await bad(computer.moveMouse(id, {x: 'left', y: 1}), /\bx\b/);
  await bad(computer.dragMouse(id, {path: [[1, 1]]}), /path/);
  await bad(computer.dragMouse(id, {path: [[1, 1], [2]]}), /path/);
  await bad(computer.dragMouse(id, {path: [[1, 1], [2, 2]], button: 'back'}), /button/);
  await bad(computer.pressKey(id, {keys: []}), /keys/);
  await bad(computer.pressKey(id, {keys: ['a', 'NoSuchKey']}), /NoSuchKey/);
  await bad(computer.pressKey(id, {keys: ['Ctrl+NoSuchKey']}), /NoSuchKey/);
  await bad(computer.pressKey(id, {keys: ['a'], hold_keys: ['NoSuchKey']}), /NoSuchKey/);
  await bad(computer.typeText(id, {}), /text/);
  await bad(computer.typeText(id, {text: 'a', delay: -1}), /delay/);
  await bad(computer.captureScreenshot(id, {region: {x: 0, y: 0, width: 0, height: 10}}), /width/);
  for (const list of ['did', 'keys', 'wheels']) assert.deepEqual(await take(list), [], list);
  // Chromium itself moves the mouse to 0,0 when a page is there, sometimes.
  assert.deepEqual((await take('moves')).filter(({x, y}) => x !== 0 || y !== 0), []);
  assert.equal(await page.evaluate(() => document.title), 'Board');
  const calls = [
    (name) => computer.clickMouse(name, {x: 1, y: 1}), (name) => computer.moveMouse(name, {x: 1, y: 1}),
    (name) => computer.dragMouse(name, {path: [[1, 1], [2, 2]]}), (name) => computer.typeText(name, {text: 'a'}),
    (name) => computer.pressKey(name, {keys: ['a']}), (name) => computer.scroll(name, {x: 1, y: 1, delta_y: 1}),
    (name) => computer.captureScreenshot(name), (name) => computer.getMousePosition(name),
  ];
  for (const call of calls) await assert.rejects(call('nobody'), Kernel.NotFoundError);
  await kernel.browsers.deleteByID(id);
  for (const call of calls) await assert.rejects(call(id), Kernel.NotFoundError);
});

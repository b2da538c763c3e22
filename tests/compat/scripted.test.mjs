// F6. What a page makes a control by script, or of what HTML has no word for, gets an id, and can be acted on by it.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {CONTROLS} from './scripted.cases.mjs';
import {startShownPage} from './shown_page.mjs';
import {eventually, startServer} from './telltale.mjs';

async function startPage(t, browser) {
  const url = await startServer(t, (request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>Site</title>');
  });
  const {id, page, answered} = await startShownPage(t, browser);
  return {
    page,
    async show(body) {
      await page.goto(url);
      await page.setContent(`<!doctype html><title>Scripted</title><p>Plain</p>${body}`);
    },
    async actions() {
      return (await answered('POST', `/sessions/${id}/page/observe`, {screenshot: false, names: true})).space.interaction_actions;
    },
    async act(type, action) {
      const outcome = await answered('POST', `/sessions/${id}/page/execute`, {type, ...action});
      assert.equal(outcome.success, true, `${type}: ${outcome.message}`);
    },
  };
}

const kinds = (actions) => actions.map(({id, description}) => `${id[0]} ${description.match(/^<([\w-]+)/)[1]}`).join();

for (const browser of ['chromium-headless-shell', 'chromium']) {
  test(`what a script makes a control is listed: ${browser}`, async (t) => {
    const {show, actions} = await startPage(t, browser);
    for (const [name, [body, wanted]] of Object.entries(CONTROLS)) {
      await t.test(name, async () => {
        await show(body);
        assert.equal(kinds(await actions()), wanted);
      });
    }
  });

  test(`listeners come and go, and their elements: ${browser}`, async (t) => {
    const {page, show, actions} = await startPage(t, browser);
    await show(`<div id=a>A</div><span id=b>B</span><script>
      const listener = () => {}; a.addEventListener('click', listener); b.addEventListener('mousedown', listener)</script>`);
    const listed = async () => kinds(await actions());
    assert.equal(await listed(), 'M div,M span');
    assert.equal(await listed(), 'M div,M span');
    await page.evaluate(`a.removeEventListener('click', listener)`);
    assert.equal(await listed(), 'M span');
    await page.evaluate(`a.addEventListener('pointerup', listener); window.kept = b; kept.remove()`);
    assert.equal(await listed(), 'M div');
    await page.evaluate(`document.body.append(kept); a.replaceWith(a.cloneNode(true))`);
    assert.equal(await listed(), 'M span');
  });

  test(`listeners in frames of other origins and sites: ${browser}`, async (t) => {
    const {page, show, actions, act} = await startPage(t, browser);
    const {port} = new URL(await startServer(t, (request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><p>In</p><div id=d>Press</div><script>d.addEventListener('click', () => { document.title = 'pressed' })</script>`);
    }));
    for (const host of ['127.0.0.1', 'localhost']) {
      await show(`<div id=o>Outer</div><script>o.onclick = () => {}</script><iframe width=300 height=200 src="http://${host}:${port}/"></iframe>`);
      await eventually('both to be listed', async () => kinds(await actions()) === 'M div,M div');
      await act('click', {id: (await actions())[1].id});
      const frame = page.frames().find((candidate) => candidate.url().includes(`${host}:${port}`));
      await eventually('the click to be there', async () => await frame.evaluate('document.title') === 'pressed');
    }
  });

  test(`what is listed can be acted on: ${browser}`, async (t) => {
    const {page, show, actions, act} = await startPage(t, browser);
    await show(`<div id=d>Press</div><script>window.did = []; d.addEventListener('click', (event) => did.push(event.isTrusted))</script>`);
    await act('click', {id: (await actions())[0].id});
    assert.deepEqual(await page.evaluate('did'), [true]);

    for (const editor of ['<div id=e contenteditable=true class=ProseMirror><p><br></p></div>', '<div id=e contenteditable=plaintext-only>old</div>',
      '<div id=e role=textbox contenteditable style="height:3000px">old</div>']) {
      await show(editor);
      const [{id, type}] = await actions();
      assert.equal(type, 'fill');
      await act('fill', {id, value: 'written'});
      assert.equal(await page.evaluate('e.textContent'), 'written');
      await act('type', {id, value: ' on', clear_before_fill: false});
      assert.match(await page.evaluate('e.textContent'), /written/);
    }

    await show('<iframe id=f srcdoc="<body contenteditable>old</body>"></iframe>');
    await act('fill', {id: (await actions())[0].id, value: 'framed'});
    assert.equal(await page.evaluate('f.contentDocument.body.textContent'), 'framed');

    for (const name of ['areas of a picture', 'an area that is bent', 'a drawn link']) {
      await show(`${CONTROLS[name][0].replaceAll('href="/', 'href="#')}`);
      const listed = await actions();
      await act('click', {id: listed.at(-1).id});
      await eventually('the link to be followed', () => page.evaluate('location.hash.length > 1'));
      assert.match(listed.at(-1).description, /href="#[xy]"/);
    }
  });
}

// F6. Editors and terminals that draw their text themselves: they are listed as what a person types into, and take it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import {test} from 'node:test';

import {startShownPage} from './shown_page.mjs';
import {eventually, startServer} from './telltale.mjs';

const require = createRequire(import.meta.url);

/** By name: {files, body, text}: a page with an editor in it, and an expression for what that holds. */
const kEditors = {
  'CodeMirror 5': {
    files: ['codemirror/lib/codemirror.js', 'codemirror/lib/codemirror.css'],
    body: `<textarea id=t>one\ntwo</textarea><script>const editor = CodeMirror.fromTextArea(t, {lineNumbers: true})</script>`,
    text: 'editor.getValue()',
  },
  'CodeMirror 5, empty': {
    files: ['codemirror/lib/codemirror.js', 'codemirror/lib/codemirror.css'],
    body: `<div id=e style="border:1px solid"></div><script>const editor = CodeMirror(e)</script>`,
    text: 'editor.getValue()',
  },
  'xterm.js': {
    files: ['@xterm/xterm/lib/xterm.js', '@xterm/xterm/css/xterm.css'],
    body: `<div id=e></div><script>window.typed = ''; const term = new Terminal({cols: 60, rows: 10}); term.open(e);
      term.onData((data) => { typed += data }); term.write('$ ')</script>`,
    text: String.raw`typed.replace(/[\x00-\x1f]|\x1b\[\w+/g, '')`,
    keys: true,
  },
};

function pageOf({files, body}) {
  const tags = files.map((file) => file.endsWith('.js') ? `<script src="/${file}"></script>` : `<link rel=stylesheet href="/${file}">`);
  return `<!doctype html><title>Editors</title>${tags.join('')}${body}`;
}

for (const browser of ['chromium-headless-shell', 'chromium']) {
  test(`editors that draw their own text: ${browser}`, async (t) => {
    const url = await startServer(t, (request, response) => {
      const path = decodeURIComponent(request.url.slice(1));
      const editor = kEditors[path];
      response.setHeader('Content-Type', editor ? 'text/html' : path.endsWith('.js') ? 'text/javascript' : 'text/css');
      response.end(editor ? pageOf(editor) : path === 'favicon.ico' ? '' : fs.readFileSync(require.resolve(path)));
    });
    const {id, page, answered} = await startShownPage(t, browser);
    const observed = async () => (await answered('POST', `/sessions/${id}/page/observe`, {screenshot: false})).space.interaction_actions;
    const act = async (type, action) => {
      const outcome = await answered('POST', `/sessions/${id}/page/execute`, {type, ...action});
      assert.equal(outcome.success, true, `${type}: ${outcome.message}`);
    };
    for (const [name, {text, keys}] of Object.entries(kEditors)) {
      await t.test(name, async () => {
        await act('goto', {url: `${url}/${encodeURIComponent(name)}`});
        const editors = (await observed()).filter((action) => action.type === 'fill');
        assert.equal(editors.length, 1, JSON.stringify(await observed()));
        const [{id: editor}] = editors;
        const holds = (value) => eventually(`the editor to hold ${value}`, async () => await page.evaluate(text) === value);
        await act('fill', {id: editor, value: 'written'});
        await holds('written');
        if (keys) return;  // a terminal takes keys; it has no text of its own to be replaced
        await act('fill', {id: editor, value: 'anew\nin lines'});
        await holds('anew\nin lines');
        await act('fill', {id: editor, value: '!', clear_before_fill: false});
        await holds('anew\nin lines!');
        await act('type', {id: editor, value: 'by keys'});
        await holds('by keys');
        await act('click', {id: editor});
        await act('press_key', {key: 'Backspace'});
        await eventually('a letter to go', async () => (await page.evaluate(text)).length === 6);
        await act('fill', {id: editor, value: ''});
        await holds('');
      });
    }
  });
}

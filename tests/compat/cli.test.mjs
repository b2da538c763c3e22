// The commands that drive a page from a shell: what they print, where, and with which exit code.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import http from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';

import {kUuid} from './seeds/api.mjs';
import {eventually, listen, startTelltale} from './telltale.mjs';

const html = (title, body) => `<!doctype html><meta charset=utf-8><title>${title}</title><link rel=icon href="data:,">${body}`;
// What a page may say to take a terminal over: a title, colours, a cleared screen, C1, DEL, and text that reads backwards.
const kEvil = '\x1b]0;owned\x07\x1b[31mred\x1b[2J\x9b31m\x7f\u202egnp.exe\u2066\x08';
const kPages = {
  '/': html('Shop', `<header><a href=/terms>Terms</a></header><main><h1>Offers</h1>
    <p>The best tea that there is on this side of the river, in <a href=/sizes>two sizes</a>.</p><img src=/tea.svg alt=Tea>
    <form onsubmit="out.textContent = name_.value + '/' + size.value + '/' + gift.checked; return false">
    <input id=name_ name=who><select id=size><option>Small<option>Large</select><input id=gift type=checkbox><button id=buy>Buy</button></form>
    <p id=out></p></main><div style="height: 4000px"></div><footer>Far below</footer>`),
  '/terms': html('Terms', '<h1>Terms</h1>'),
  '/evil': html('', `<main><h1></h1><p id=text></p><button></button><a>evil</a></main><div id=cover style="position:fixed;inset:0"></div><script>
    const evil = ${JSON.stringify(kEvil)};
    document.title = evil;
    for (const element of document.querySelectorAll('h1, p, button')) element.textContent = 'seen ' + evil + ' and more';
    document.querySelector('button').setAttribute('aria-label', evil);
    document.querySelector('a').href = '/' + evil;
    cover.id = evil;
    history.replaceState(null, '', '/evil?' + evil);</script>`),
};
/** What a terminal obeys, other than a line break. */
// eslint-disable-next-line no-control-regex
const kControl = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;

/** A telltale, a site, and a shell whose commands know them. */
async function start(t) {
  const site = http.createServer((request, response) => {
    const {pathname} = new URL(request.url, 'http://site');
    response.writeHead(kPages[pathname] ? 200 : 404, {'content-type': 'text/html'}).end(kPages[pathname] ?? 'none');
  });
  const port = await listen(site);
  t.after(() => {
    site.close();
    site.closeAllConnections();
  });
  const telltale = await startTelltale(t);
  const folder = await mkdtemp(join(tmpdir(), 'telltale-cli-'));
  t.after(() => rm(folder, {recursive: true, force: true}));
  const env = {PATH: process.env.PATH, HOME: folder, TELLTALE_SERVER: telltale.url, TELLTALE_TOKEN: telltale.token};
  /** {code, out, err}; `out` as bytes. */
  const run = async (...words) => {
    const command = spawn(process.env.TELLTALE_BINARY, words, {env, stdio: ['ignore', 'pipe', 'pipe']});
    const out = [];
    let err = '';
    command.stdout.on('data', (bytes) => out.push(bytes));
    command.stderr.on('data', (bytes) => { err += bytes; });
    const [code] = await once(command, 'close');
    return {code, out: Buffer.concat(out), err};
  };
  /** What a command prints that works. */
  const say = async (...words) => {
    const {code, out, err} = await run(...words);
    assert.deepEqual([code, err], [0, ''], words.join(' '));
    return out.toString();
  };
  /** What a command says on standard error that fails with `exit`: one line, and nothing on standard output. */
  const fail = async (exit, ...words) => {
    const {code, out, err} = await run(...words);
    assert.deepEqual([code, out.toString()], [exit, ''], `${words.join(' ')}: ${err}`);
    assert.match(err, /^telltale: [^\n]+\n$/);
    return err.trimEnd();
  };
  const json = async (...words) => JSON.parse(await say(...words, '-o', 'json'));
  return {run, say, fail, json, folder, url: (path) => `http://127.0.0.1:${port}${path}`};
}

/** The same, with a session named "shop" on a page. */
async function startShop(t, path = '/') {
  const shell = await start(t);
  await shell.say('sessions', 'create', '--name', 'shop', '--viewport', '900x700', '--url', shell.url(path));
  const evaluate = async (code) =>
    JSON.parse((await shell.json('act', 'shop', 'evaluate_js', `({value: ${code}})`)).data.markdown).value;
  // The session is there before its page is.
  await eventually('the page', () => evaluate(`location.pathname === '${path}' && document.readyState === 'complete'`));
  return {...shell, evaluate};
}

test('a session is created, by name and by id', async (t) => {
  const {say, json, fail, url} = await start(t);
  const created = await json('sessions', 'create', '--name', 'shop', '--viewport', '640x480', '--url', url('/'));
  assert.match(created.session_id, kUuid);
  assert.deepEqual([created.name, created.viewport, created.start_url], ['shop', {width: 640, height: 480}, url('/')]);
  for (const key of ['shop', created.session_id]) assert.match(await say('observe', key), /^Shop\n/);
  const other = await say('sessions', 'create');
  assert.match(other, /^session_id +[0-9a-f-]{36}$/m);
  assert.match(await fail(1, 'sessions', 'create', '--name', 'shop'), /'shop' is in use/);
  await fail(2, 'sessions', 'create', '--viewport', 'wide');
  await say('sessions', 'delete', 'shop');
  assert.match(await fail(1, 'observe', 'shop'), /no session 'shop'/);
});

test('observe shows the page with ids, and act takes them', async (t) => {
  const {say, json, evaluate, url} = await startShop(t);
  const seen = await say('observe', 'shop');
  assert.ok(seen.startsWith(`Shop\n${url('/')}\n`), seen);
  assert.match(seen, /_\[:\]Offers/);
  assert.ok(!seen.includes('Far below'));
  const id = (pattern) => seen.match(new RegExp(`^([A-Z]\\d+)\\[:\\].*${pattern}`, 'm'))[1];
  assert.match(await say('act', 'shop', 'fill', id('name="who"'), 'Ada'), /^Filled .*\n$/);
  assert.match(await say('act', 'shop', 'select_dropdown_option', id('<select'), 'Large'), /\n$/);
  await say('act', 'shop', 'check', id('checkbox'), 'on');
  assert.match(await say('act', 'shop', 'click', id('Buy')), /^Clicked .*\n$/);
  assert.equal(await evaluate('out.textContent'), 'Ada/Large/true');
  const {metadata, space, screenshot} = await json('observe', 'shop');
  assert.deepEqual([metadata.title, metadata.url, screenshot.raw], ['Shop', url('/'), '']);
  assert.ok(space.interaction_actions.some((action) => action.id === id('Buy') && action.type === 'click'));
  assert.match(await say('observe', 'shop', '--url', url('/terms')), /^Terms\n/);
});

test('act does one action with its words, and says what it did', async (t) => {
  const {say, json, evaluate, url} = await startShop(t);
  await say('act', 'shop', 'fill', '#name_', 'Bob', '--press-enter', '--timeout', '5000');
  assert.equal(await evaluate('out.textContent'), 'Bob/Small/false');
  await say('act', 'shop', 'check', '#gift', 'true');
  await say('act', 'shop', 'check', '#gift', 'off');
  await say('act', 'shop', 'click', '#gift');
  assert.equal(await evaluate('gift.checked'), true);
  await say('act', 'shop', 'scroll_down', '300');
  await eventually('the page to scroll', async () => await evaluate('scrollY') === 300);
  await say('act', 'shop', 'scroll_up');
  await eventually('the page to scroll back', async () => await evaluate('scrollY') === 0);
  assert.equal(await say('act', 'shop', 'goto', url('/terms')), `Opened ${url('/terms')}\n`);
  await say('act', 'shop', 'go_back');
  assert.equal(await evaluate('document.title'), 'Shop');
  const done = await json('act', 'shop', 'click', '#buy');
  assert.deepEqual([done.success, done.action.type, done.action.selector], [true, 'click', '#buy']);
  assert.match(await say('act', '--help'), /^  goto URL +\S.*\n/m);
});

test('words reach the page as they are', async (t) => {
  const {say, evaluate} = await startShop(t);
  for (const word of ['Ada', 'two words', '"\\$`', "'q'", 'tea ☕ ü', '', '-5', '{}', '%20', '[x]', '[a,b]', '[]', 'a,b', ' [x] ']) {
    await say('act', 'shop', 'fill', '#name_', word);
    assert.equal(await evaluate('name_.value'), word);
  }
  await say('act', 'shop', 'fill', '--', '#name_', '--help');
  assert.equal(await evaluate('name_.value'), '--help');
  await say('act', 'shop', 'fill', '[name=who]', 'by attribute');
  assert.equal(await evaluate('name_.value'), 'by attribute');
  assert.deepEqual(JSON.parse(await say('act', 'shop', 'evaluate_js', '[1, 2]')), [1, 2]);
  assert.equal(await say('scrape', 'shop', '--selector', '[id=out]'), '');
});

test('words that make no action are refused before anything is done', async (t) => {
  const {fail, run} = await startShop(t);
  assert.match(await fail(2, 'act', 'shop', 'fly'), /no action 'fly'/);
  assert.match(await fail(2, 'act', 'shop', 'click'), /ELEMENT is missing/);
  assert.match(await fail(2, 'act', 'shop', 'fill', '#name_'), /VALUE is missing: telltale act ID fill ELEMENT VALUE/);
  assert.match(await fail(2, 'act', 'shop', 'click', '#buy', '#name_'), /too many words/);
  assert.match(await fail(2, 'act', 'shop', 'wait', 'soon'), /'soon'/);
  assert.match(await fail(2, 'act', 'shop', 'check', '#gift', 'maybe'), /'maybe'/);
  assert.match(await fail(2, 'act', 'shop', 'goto', 'about:blank', '--press-enter'), /--press-enter/);
  assert.match(await fail(2, 'act', 'shop', 'goto', 'about:blank', '--timeout', '5'), /--timeout/);
  const negative = await fail(2, 'act', 'shop', 'click', '#buy', '--timeout', '-5');
  assert.match(negative, /--timeout/);
  assert.ok(negative.length < 200, negative);
  assert.match(await fail(2, 'act', 'shop'), /ACTION/);
  assert.match(await fail(2, 'screenshot', 'shop'), /--output/);
  assert.match(await fail(2, 'observe', 'shop', '-o', 'xml'), /--output/);
  const nothing = await run('act');
  assert.equal(nothing.code, 2);
});

test('an action that fails is one line on standard error and exit code 1', async (t) => {
  const {fail, run, url} = await startShop(t);
  assert.match(await fail(1, 'act', 'shop', 'click', '#absent', '--timeout', '100'), /no element matches '#absent'/);
  assert.match(await fail(1, 'act', 'shop', 'click', 'B99'), /B99/);
  assert.match(await fail(1, 'act', 'shop', 'click', '##'), /'##' is not a valid CSS selector/);
  assert.match(await fail(1, 'act', 'shop', 'go_forward'), /no page to go forward to/);
  assert.match(await fail(1, 'act', 'shop', 'evaluate_js', 'nothing.at.all'), /nothing is not defined/);
  assert.match(await fail(1, 'act', 'shop', 'evaluate_js', '(() => { throw new Error("one\\ntwo") })()'), /one.*two/);
  assert.match(await fail(1, 'act', 'shop', 'goto', 'file:///etc/passwd'), /url/);
  assert.match(await fail(1, 'act', 'shop', 'goto', 'http://127.0.0.1:9/'), /net::ERR_/);
  for (const command of [['act', 'nobody', 'reload'], ['observe', 'nobody'], ['scrape', 'nobody'], ['screenshot', 'nobody', '-o', '-']]) {
    assert.match(await fail(1, ...command), /no session 'nobody'/);
  }
  assert.match(await fail(1, 'scrape', 'shop', '--selector', '##'), /'##'/);
  assert.match(await fail(1, 'observe', 'shop', '--url', 'file:///etc/passwd'), /url/);
  // With -o json the answer is on standard output, and the exit code still tells.
  const {code, out, err} = await run('act', 'shop', 'click', '#absent', '--timeout', '100', '-o', 'json');
  assert.deepEqual([code, err], [1, '']);
  const answer = JSON.parse(out);
  assert.equal(answer.success, false);
  assert.match(answer.message, /no element matches '#absent'/);
  assert.match(await fail(1, 'observe', 'shop', '--token', 'wrong'), /token/);
  assert.match(await fail(1, 'observe', 'shop', '--server', 'http://127.0.0.1:9'), /127\.0\.0\.1:9/);
  assert.ok(url('/'));
});

test('scrape prints Markdown', async (t) => {
  const {say, json, url} = await startShop(t);
  const text = await say('scrape', 'shop');
  assert.match(text, /^# Offers\n\nThe best tea/m);
  assert.ok(text.includes(`[two sizes](${url('/sizes')})`), text);
  assert.ok(!text.includes('Far below') && !text.includes('tea.svg'), text);
  assert.match(await say('scrape', 'shop', '--whole'), /Far below/);
  assert.ok(!(await say('scrape', 'shop', '--no-links')).includes('/sizes'));
  assert.match(await say('scrape', 'shop', '--images'), /tea\.svg/);
  assert.equal(await say('scrape', 'shop', '--selector', 'h1'), '# Offers\n');
  assert.match(await say('scrape', 'shop', '--url', url('/terms')), /^# Terms$/m);
  const data = await json('scrape', 'shop', '--url', url('/'));
  assert.match((data.data ?? data).markdown, /^# Offers$/m);
});

test('screenshot writes a PNG to a file or to standard output', async (t) => {
  const {run, say, fail, folder} = await startShop(t);
  const size = (png) => {
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    return [png.readUInt32BE(16), png.readUInt32BE(20)];
  };
  const file = join(folder, 'a picture.png');
  assert.equal(await say('screenshot', 'shop', '-o', file), '');
  assert.deepEqual(size(await readFile(file)), [900, 700]);
  const {code, out, err} = await run('screenshot', 'shop', '-o', '-');
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(size(out), [900, 700]);
  assert.match(await fail(1, 'screenshot', 'shop', '-o', join(folder, 'none', 'x.png')), /cannot write .*No such file/);
});

test('what a page says cannot control the terminal', async (t) => {
  const {run, say, evaluate} = await startShop(t, '/evil');
  const isSafe = (text, words) => {
    const at = text.search(kControl);
    assert.equal(at, -1, `${words.join(' ')} prints U+${text.charCodeAt(at).toString(16)} in ${text.slice(Math.max(at - 40, 0), at + 20)}`);
  };
  assert.equal(await evaluate('evil'), kEvil);
  for (const words of [['observe', 'shop'], ['scrape', 'shop'], ['scrape', 'shop', '--whole'], ['act', 'shop', 'evaluate_js', 'evil'],
                       ['act', 'shop', 'evaluate_js', '({evil})'],
                       ['sessions', 'list'], ['sessions', 'get', 'shop']]) {
    const text = await say(...words);
    isSafe(text, words);
    // Of what shows nothing on the page, observe and scrape say nothing either.
    assert.ok(words[0] !== 'act' || text.includes('\\x1b') || text.includes('\\u001b'), `${words.join(' ')}: ${text}`);
    const raw = await say(...words, '-o', 'json');
    isSafe(raw, [...words, '-o', 'json']);
    JSON.parse(raw);
  }
  // Escaped, not lost.
  const evaluated = JSON.stringify(JSON.parse(await say('act', 'shop', 'evaluate_js', 'evil', '-o', 'json')));
  assert.ok(evaluated.includes(JSON.stringify(kEvil).slice(1, -1)), evaluated);
  // What stands in the way, and what an exception says, are the page's words, too.
  for (const words of [['act', 'shop', 'click', 'button', '--timeout', '100'], ['act', 'shop', 'evaluate_js', '(() => { throw new Error(evil) })()'],
                       ['act', 'shop', 'evaluate_js', 'Promise.reject(evil)'], ['act', 'shop', 'select_dropdown_option', 'button', kEvil]]) {
    const {code, out, err} = await run(...words);
    assert.deepEqual([code, out.toString()], [1, ''], words.join(' '));
    isSafe(err, words);
    assert.match(err, /^telltale: [^\n]+\n$/);
    isSafe((await run(...words, '-o', 'json')).out.toString(), [...words, '-o', 'json']);
  }
});

// What a page may be given, and what not: files that an agent brings over Notte's door, and those of --upload-dir. The attackers are
// real requests, real links and another user; what a page got is read in the page.

import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile} from 'node:fs/promises';
import net from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';

import {eventually, startServer, startTelltale} from './telltale.mjs';

const kPage = `<!doctype html><title>Apply</title><label for=cv>CV</label><input id=cv type=file>
  <script>const read = async () => { const file = cv.files[0]; return [file.name, file.size, (await file.text()).slice(0, 100)] }</script>`;
const kMiB = 2 ** 20;

/** A telltale whose --upload-dir is `uploads`, and a page with a file input. */
async function start(t, folder) {
  const site = await startServer(t, (request, response) => response.setHeader('Content-Type', 'text/html').end(kPage));
  const root = await mkdtemp(join(tmpdir(), 'telltale-files-'));
  t.after(() => rm(root, {recursive: true, force: true}));
  const uploads = folder ?? join(root, 'uploads');
  const telltale = await startTelltale(t, ['--upload-dir', uploads]);
  const headers = {Authorization: `Bearer ${telltale.token}`, 'x-notte-sdk-version': '1.10.0'};
  const send = async (method, path, body, more = {}) => {
    const response = await fetch(telltale.url + path, {method, body, headers: {...headers, ...more}});
    const text = await response.text();
    let json;
    try { json = JSON.parse(text); } catch { json = undefined; }
    return {status: response.status, headers: response.headers, text, body: json};
  };
  const post = (path, body) => send('POST', path, JSON.stringify(body), {'Content-Type': 'application/json'});
  const startSession = async () => {
    const {body} = await post('/sessions/start', {});
    const id = body.session_id;
    const bring = (name, content, type = 'text/plain') => {
      const form = new FormData();
      form.set('file', new Blob([content], {type}), name);
      return send('POST', `/sessions/${id}/files`, form);
    };
    const act = (type, more) => post(`/sessions/${id}/page/execute`, {type, ...more});
    const give = (file) => act('upload_file', {selector: '#cv', file_path: file});
    const page = async (code) => JSON.parse((await act('evaluate_js', {code})).body.data.markdown);
    const list = async (query = '') => (await send('GET', `/sessions/${id}/files${query}`)).body;
    await act('goto', {url: `${site}/`});
    return {id, bring, give, page, list, act};
  };
  return {telltale, root, uploads, send, post, startSession};
}

/** Sends bytes and returns what comes back until the server closes. */
function raw(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (data) => { answer += data; });
    socket.on('close', () => resolve(answer));
    socket.on('error', (error) => (answer ? resolve(answer) : reject(error)));
  });
}

test('a file that was brought is listed, given to the page by name, id and path, fetched and deleted', async (t) => {
  const {send, startSession, uploads} = await start(t);
  const session = await startSession();
  const content = 'Curriculum vitae of Ada €';
  const {status, body: file} = await session.bring('my cv €.txt', content);
  assert.equal(status, 200);
  assert.deepEqual([file.filename, file.mime_type, file.size, file.session_id, file.source],
    ['my cv €.txt', 'text/plain', Buffer.byteLength(content), session.id, 'user_upload']);
  assert.equal(file.checksum, createHash('sha256').update(content).digest('hex'));
  assert.ok(Date.parse(file.expires_at) > Date.parse(file.created_at));
  assert.deepEqual(await session.list(), {files: [file], total: 1, limit: 100, offset: 0});
  for (const path of [file.id, 'my cv €.txt', `${file.id}/my cv €.txt`, join(uploads, session.id, file.id, 'my cv €.txt')]) {
    assert.equal((await session.give(path)).body.success, true, path);
    assert.deepEqual(await session.page('read()'), ['my cv €.txt', Buffer.byteLength(content), content]);
  }
  const fetched = await send('GET', `/sessions/${session.id}/files/${file.id}`);
  assert.deepEqual([fetched.status, fetched.text], [200, content]);
  assert.equal(fetched.headers.get('content-type'), 'text/plain');
  assert.match(fetched.headers.get('content-disposition'), /^attachment; filename\*=UTF-8''my%20cv%20%E2%82%AC\.txt$/);
  assert.equal(fetched.headers.get('x-content-type-options'), 'nosniff');
  assert.equal((await send('DELETE', `/sessions/${session.id}/files/${file.id}`)).status, 204);
  for (const method of ['GET', 'DELETE']) assert.equal((await send(method, `/sessions/${session.id}/files/${file.id}`)).status, 404);
  const refused = (await session.give(file.id)).body;
  assert.equal(refused.success, false);
  assert.match(refused.message, /there is no file/);
});

test('a page gets nothing of the server beside', async (t) => {
  const {root, uploads, startSession} = await start(t);
  const [session, other] = [await startSession(), await startSession()];
  const {body: foreign} = await other.bring('salary.csv', 'secret');
  await session.bring('mine.txt', 'mine');
  await writeFile(join(root, 'secret'), 'secret');
  await mkdir(join(uploads, 'shared'));
  await writeFile(join(uploads, 'shared', 'terms.txt'), 'terms');
  await symlink('/etc/passwd', join(uploads, 'passwd'));
  await symlink('../secret', join(uploads, 'secret'));
  await symlink('/', join(uploads, 'shared', 'root'));
  await symlink(join(uploads, other.id), join(uploads, 'other'));
  assert.equal(spawnSync('mkfifo', [join(uploads, 'fifo')]).status, 0);
  const paths = [
    '/etc/shadow', '/etc/passwd', process.execPath, '/proc/self/environ', '/dev/zero', '../secret', '../../../../etc/passwd',
    'shared/../../secret', 'passwd', 'secret', 'shared/root/etc/passwd', 'fifo', 'shared', '.', '..', uploads,
    join(root, 'secret'), `${uploads}/../secret`, `${other.id}/${foreign.id}/salary.csv`,
    join(uploads, other.id, foreign.id, 'salary.csv'), `other/${foreign.id}/salary.csv`, 'mine.txt\0.png', 'x'.repeat(4000)];
  for (const path of paths) {
    const {status, body} = await session.give(path);
    assert.equal(status, 403, `${path}: ${JSON.stringify(body)}`);
    assert.match(body.message, /--upload-dir/);
    assert.equal(body.message.includes(root), path.includes(root), 'it must not tell where the folder is');
  }
  // Another session's id or name is as one that there is not.
  for (const path of [foreign.id, 'salary.csv', 'nothing']) {
    const {status, body} = await session.give(path);
    assert.deepEqual([status, body.success], [200, false]);
    assert.match(body.message, /there is no file/);
  }
  assert.equal(await session.page('cv.files.length'), 0);
  // What the operator put there is for every session.
  for (const each of [session, other]) {
    assert.equal((await each.give('shared/terms.txt')).body.success, true);
    assert.deepEqual(await each.page('read()'), ['terms.txt', 5, 'terms']);
  }
});

test('the other doors refuse the same', async (t) => {
  const {uploads, post, startSession} = await start(t);
  const session = await startSession();
  const invoke = (file_path) => post('/invoke', {cmd: 'upload_file', args: {id: session.id, selector: '#cv', file_path}});
  const {status, body} = await invoke('/etc/passwd');
  assert.equal(status, 403);
  assert.match(body.error, /--upload-dir/);
  await writeFile(join(uploads, 'a.txt'), 'a');
  assert.equal((await invoke('a.txt')).status, 200);
  assert.deepEqual(await session.page('read()'), ['a.txt', 1, 'a']);
});

test('names are made safe', async (t) => {
  const {uploads, startSession} = await start(t);
  const session = await startSession();
  const names = {
    '../../etc/passwd': 'passwd', 'C:\\temp\\a.txt': 'a.txt', 'with "quotes".txt': 'with "quotes".txt', '.env': '.env',
    'räte 履歴書.csv': 'räte 履歴書.csv', 'exe\u202etxt.pdf': 'exe_txt.pdf', 'a\u0001b': 'a_b', '-rf': '-rf'};
  for (const [name, kept] of Object.entries(names)) {
    const {status, body} = await session.bring(name, 'x');
    assert.deepEqual([status, body.filename], [200, kept], name);
    assert.equal((await session.give(kept)).body.success, true, kept);
    assert.equal((await session.page('read()'))[0], kept);
  }
  const {body: long} = await session.bring('ä'.repeat(2000) + '.pdf', 'x');
  assert.ok(Buffer.byteLength(long.filename) <= 255 && long.filename.endsWith('ä.pdf'), long.filename);
  for (const name of ['', '..', '.', 'a/..']) assert.equal((await session.bring(name, 'x')).status, 422, name);
  // Of two of a name the last one is meant; each keeps its id.
  const {body: first} = await session.bring('cv.txt', 'first');
  await session.bring('cv.txt', 'second');
  await session.give('cv.txt');
  assert.equal((await session.page('read()'))[2], 'second');
  await session.give(first.id);
  assert.equal((await session.page('read()'))[2], 'first');
  assert.deepEqual((await readdir(uploads)).filter((name) => name !== session.id), []);
});

test('files have limits, also when they come at once', async (t) => {
  const {telltale, send, startSession, uploads} = await start(t);
  const session = await startSession();
  const most = Buffer.alloc(64 * kMiB, 'x');
  const {status, body} = await session.bring('most.bin', most);
  assert.deepEqual([status, body.size], [200, most.length]);
  assert.equal(body.checksum, createHash('sha256').update(most).digest('hex'));
  const larger = await session.bring('larger.bin', Buffer.concat([most, Buffer.from('x')]));
  assert.equal(larger.status, 413);
  // One that is announced too large is refused before it is sent.
  const announced = await raw(telltale.port, `POST /sessions/${session.id}/files HTTP/1.1\r\nHost: 127.0.0.1:${telltale.port}\r\n` +
    `Authorization: Bearer ${telltale.token}\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 99999999\r\n` +
    'Expect: 100-continue\r\n\r\n');
  assert.match(announced, /^HTTP\/1\.1 413 /);
  assert.equal((await session.list()).total, 1);
  await send('DELETE', `/sessions/${session.id}/files/${body.id}`);

  const answers = await Promise.all(Array.from({length: 110}, (_, i) => session.bring(`${i}.txt`, `${i}`)));
  const count = (wanted) => answers.filter((answer) => answer.status === wanted).length;
  assert.deepEqual([count(200), count(409)], [100, 10]);
  assert.match(answers.find((answer) => answer.status === 409).body.message, /100 files, which is the limit/);
  const page = await session.list('?limit=30&offset=90');
  assert.deepEqual([page.files.length, page.total, page.limit, page.offset], [10, 100, 30, 90]);
  for (const query of ['?limit=0', '?limit=1001', '?limit=x', '?offset=-1', '?source=nothing']) {
    assert.equal((await send('GET', `/sessions/${session.id}/files${query}`)).status, 422, query);
  }
  // telltale keeps no downloads: a list of none would say that there were none.
  const downloads = await send('GET', `/sessions/${session.id}/files?source=session_download`);
  assert.equal(downloads.status, 422);
  assert.match(downloads.body.message, /keeps no downloads/);
  const folders = (await readdir(join(uploads, session.id), {withFileTypes: true})).filter((entry) => entry.isDirectory());
  assert.equal(folders.length, 100, 'what was refused leaves nothing');
});

test('a body that is no form with one file is refused', async (t) => {
  const {telltale, send, startSession} = await start(t);
  const session = await startSession();
  const path = `/sessions/${session.id}/files`;
  const multipart = (body, type = 'multipart/form-data; boundary=B') => send('POST', path, body, {'Content-Type': type});
  const file = '--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n';
  assert.equal((await multipart(`${file}--B--\r\n`)).status, 200);
  for (const [status, body, type] of [
    [400, '{}', 'application/json'], [400, 'x', 'multipart/form-data'], [400, ''], [400, 'junk'], [400, file], [400, '--B'],
    [400, `${file}--Bx\r\n`], [400, '--B\r\n\r\nx\r\n--B--\r\n'], [422, '--B--\r\n'],
    [400, `--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt\r\n\r\nx\r\n--B--\r\n`],
    [400, `--B\r\nX: ${'x'.repeat(10_000)}\r\n\r\nx\r\n--B--\r\n`],
    [422, `${file}${file}--B--\r\n`],
    [422, '--B\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--B--\r\n'],
    [422, '--B\r\nContent-Disposition: form-data; name="other"; filename="a.txt"\r\n\r\nx\r\n--B--\r\n'],
    [400, 'x'.repeat(2 * kMiB)]]) {
    const answer = await multipart(body, type);
    assert.equal(answer.status, status, `${body.slice(0, 100)}: ${answer.text}`);
    assert.ok(answer.body.message.length > 0);
  }
  assert.equal((await session.list()).total, 1);
  // A client that goes within its file leaves nothing, and the server goes on.
  const socket = net.connect(telltale.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${telltale.port}\r\nAuthorization: Bearer ${telltale.token}\r\n` +
    `Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 5000\r\n\r\n${file}`);
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  socket.destroy();
  assert.equal((await session.list()).total, 1);
  // Without the token nothing of a body is taken.
  const stranger = await raw(telltale.port, `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${telltale.port}\r\n` +
    `Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 5000\r\n\r\n${file}`);
  assert.match(stranger, /^HTTP\/1\.1 401 /);
  const none = await send('POST', '/sessions/none/files', new FormData());
  assert.equal(none.status, 404);
});

test('files belong to the user of telltale alone, and go with their session', async (t) => {
  const {uploads, send, startSession} = await start(t);
  const session = await startSession();
  const {body: file} = await session.bring('cv.txt', 'secret');
  const folder = join(uploads, session.id, file.id);
  const mode = async (path) => ((await stat(path)).mode & 0o777).toString(8);
  assert.deepEqual([await mode(uploads), await mode(join(uploads, session.id)), await mode(folder), await mode(join(folder, 'cv.txt'))],
    ['700', '700', '700', '600']);
  await send('DELETE', `/sessions/${session.id}/stop`);
  await eventually('the files to go', async () => (await readdir(uploads)).length === 0);
  assert.equal((await send('GET', `/sessions/${session.id}/files`)).status, 404);
});

test('another user of the machine cannot read them', async (t) => {
  if (process.getuid() !== 0) return t.skip('only root can become another user');
  const {root, uploads, startSession} = await start(t);
  const session = await startSession();
  const {body: file} = await session.bring('cv.txt', 'secret');
  // Even where the operator has opened all that is above.
  for (const folder of [root, uploads]) spawnSync('chmod', ['0777', folder]);
  const nobody = (...words) => spawnSync('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', ...words]);
  assert.equal(nobody('ls', uploads).status, 0, 'the attacker works');
  assert.notEqual(nobody('ls', join(uploads, session.id)).status, 0);
  assert.notEqual(nobody('cat', join(uploads, session.id, file.id, 'cv.txt')).status, 0);
});

test('a full disk is said to be full', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'telltale-full-'));
  t.after(() => { spawnSync('umount', ['-l', root]); return rm(root, {recursive: true, force: true}); });
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', root]).status !== 0) {
    return t.skip('a small disk cannot be mounted here');
  }
  const {startSession} = await start(t, root);
  const session = await startSession();
  const {status, body} = await session.bring('big.bin', Buffer.alloc(3 * kMiB));
  assert.equal(status, 507);
  assert.match(body.message, /No space left on device/);
  assert.equal((await session.bring('small.txt', 'x')).status, 200, 'what was refused has left its room');
});

test('the command line brings a file of its own machine', async (t) => {
  const {telltale, root, uploads, startSession} = await start(t);
  const session = await startSession();
  const mine = await mkdtemp(join(tmpdir(), 'telltale-mine-'));
  t.after(() => rm(mine, {recursive: true, force: true}));
  await writeFile(join(mine, 'my cv.txt'), 'from my machine');
  const env = {PATH: process.env.PATH, HOME: mine, TELLTALE_SERVER: telltale.url, TELLTALE_TOKEN: telltale.token};
  const act = async (...words) => {
    const command = spawn(process.env.TELLTALE_BINARY, ['act', session.id, ...words], {env, cwd: mine});
    let out = '';
    for (const stream of [command.stdout, command.stderr]) stream.on('data', (bytes) => { out += bytes; });
    const [code] = await once(command, 'close');
    return {code, out};
  };
  for (const [word, file] of [['upload_file', './my cv.txt'], ['upload', join(mine, 'my cv.txt')]]) {
    assert.deepEqual(await act(word, '#cv', file), {code: 0, out: "Gave a file to '#cv'\n"});
    assert.deepEqual(await session.page('read()'), ['my cv.txt', 15, 'from my machine']);
  }
  await writeFile(join(uploads, 'terms.txt'), 'terms');
  assert.equal((await act('upload_file', '#cv', 'terms.txt')).code, 0);
  assert.equal((await session.page('read()'))[0], 'terms.txt');
  const refused = await act('upload_file', '#cv', root);
  assert.notEqual(refused.code, 0);
  assert.match(refused.out, /--upload-dir/);
  const missing = await act('upload_file', '#cv', './none.txt');
  assert.notEqual(missing.code, 0);
  assert.match(missing.out, /there is no file '\.\/none\.txt'/);
});

test('the folder is made in the data folder, or where the operator says', async (t) => {
  const telltale = await startTelltale(t);
  const folder = join(telltale.folder, 'home', '.local', 'share', 'telltale');
  for (const each of [folder, join(folder, 'uploads')]) assert.equal((await stat(each)).mode & 0o777, 0o700, each);
  const root = await mkdtemp(join(tmpdir(), 'telltale-dirs-'));
  t.after(() => rm(root, {recursive: true, force: true}));
  await writeFile(join(root, 'file'), '');
  await mkdir(join(root, 'state'));
  const env = {PATH: process.env.PATH, HOME: root, XDG_STATE_HOME: join(root, 'state'), XDG_RUNTIME_DIR: root};
  for (const [wrong, why] of [[join(root, 'file'), /is no folder/], ['/proc/none', /cannot create/], [root, /access token/], ['/', /access token/]]) {
    const {status, stderr} = spawnSync(process.env.TELLTALE_BINARY, ['serve', '--listen', '127.0.0.1:0', '--upload-dir', wrong], {env, timeout: 20_000});
    assert.notEqual(status, 0, wrong);
    assert.notEqual(status, null, `${wrong}: it went on`);
    assert.match(stderr.toString(), why);
  }
});

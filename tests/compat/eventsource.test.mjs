// The EventSource of npm against a real telltale: it authenticates, reconnects by itself without a gap, and stops when the
// session is over.

import assert from 'node:assert/strict';
import net from 'node:net';
import {test} from 'node:test';

import {EventSource} from 'eventsource';

import {eventually, listen, startSite, startTelltale} from './telltale.mjs';

/** Enough events to be in the middle of a stream. */
const SOME = 50;

/** A TCP proxy in front of `port`, whose connections can be cut. */
async function startProxy(t, port) {
  const sockets = new Set();
  const proxy = net.createServer((client) => {
    const server = net.connect(port, '127.0.0.1');
    for (const [socket, other] of [[client, server], [server, client]]) {
      sockets.add(socket);
      socket.on('error', () => {});  // the cut is meant; `close` follows
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const cut = () => sockets.forEach((socket) => socket.destroy());
  const proxyPort = await listen(proxy);
  t.after(() => {
    proxy.close();
    cut();
  });
  return {port: proxyPort, cut};
}

test('EventSource resumes by itself without a gap and stops at the end of the session', async (t) => {
  const telltale = await startTelltale(t);
  const startUrl = await startSite(t);
  const proxy = await startProxy(t, telltale.port);
  const authorized = (url, init = {}) =>
    fetch(url, {...init, headers: {...init.headers, Authorization: `Bearer ${telltale.token}`}});
  const api = `${telltale.url}/browsers`;

  const created = await authorized(api, {
    method: 'POST', headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({start_url: startUrl, telemetry: {browser: {console: {enabled: true}}}}),
  });
  assert.equal(created.status, 201);
  const {session_id: id} = await created.json();

  const stream = `http://127.0.0.1:${proxy.port}/browsers/${id}/telemetry/stream?replay=all`;
  const resumedWith = [];
  const source = new EventSource(stream, {
    fetch: (url, init) => {
      resumedWith.push(init.headers['Last-Event-ID']);
      return authorized(url, init);
    },
  });
  t.after(() => source.close());
  const seqs = [];
  const errors = [];
  source.addEventListener('message', (message) => {
    const envelope = JSON.parse(message.data);
    assert.equal(message.lastEventId, String(envelope.seq));
    seqs.push(envelope.seq);
  });
  source.addEventListener('error', (error) => errors.push(error));

  await eventually('the first events', () => seqs.length >= SOME);
  proxy.cut();
  await eventually('the client to notice', () => errors.length > 0);
  const before = seqs.length;
  assert.equal(source.readyState, EventSource.CONNECTING);
  await eventually('events of the second connection', () => seqs.length >= before + SOME);
  assert.deepEqual(resumedWith, [undefined, String(before)]);

  const deleted = await authorized(`${api}/${id}`, {method: 'DELETE'});
  assert.equal(deleted.status, 204);
  await eventually('the client to give up', () => source.readyState === EventSource.CLOSED);
  assert.equal(errors.at(-1).code, 404);
  assert.deepEqual(seqs, Array.from({length: seqs.length}, (_, index) => index + 1));
});

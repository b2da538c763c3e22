// Seed 000: GET /browsers/{id}/telemetry/stream as its first description has it: frames, resume, keepalive, statuses.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {eventually} from '../telltale.mjs';
import {call, isInteger, isText} from './api.mjs';
import {framesOf, openStream, startRecorded, takeFrames} from './telemetry.mjs';

const kUnknown = '00000000-0000-4000-8000-000000000000';

test('each frame has an id that grows by one, and an envelope as data', async (t) => {
  const {telltale, id} = await startRecorded(t);
  const stream = await openStream(t, telltale, id, {query: '?replay=all'});
  assert.equal(stream.response.status, 200);
  assert.equal(stream.response.headers.get('content-type'), 'text/event-stream');
  const frames = await takeFrames(stream, 20);
  frames.forEach((frame, place) => {
    const {data: envelope} = frame;
    assert.deepEqual(Object.keys(envelope), ['seq', 'event']);
    isInteger(envelope.seq, 'seq');
    assert.equal(envelope.seq, place + 1);  // x >= 1, and no gaps
    assert.equal(frame.id, String(envelope.seq));
    const {event} = envelope;
    isInteger(event.ts, 'ts');
    assert.ok(Math.abs(event.ts / 1000 - Date.now()) < 600_000, 'ts is in microseconds');
    for (const name of ['type', 'category']) isText(event[name], name);
    isText(event.source.kind, 'source.kind');
    assert.equal(typeof event.data, 'object');
  });
});

test('Last-Event-ID resumes without gaps', async (t) => {
  const {telltale, id} = await startRecorded(t);
  const first = await takeFrames(await openStream(t, telltale, id, {query: '?replay=all'}), 30);
  const resumed = await takeFrames(await openStream(t, telltale, id, {headers: {'Last-Event-ID': '12'}}), 18);
  assert.deepEqual(resumed, first.slice(12));
});

test('a keepalive comment comes after 15 seconds without events', async (t) => {
  const {telltale, id} = await startRecorded(t, null);
  const stream = await openStream(t, telltale, id);
  const opening = (await eventually('the first byte', () => stream.text())).length;
  const began = Date.now();
  await eventually('a keepalive', () => stream.text().length > opening);
  const silence = Date.now() - began;
  assert.match(stream.text().slice(opening), /^:.*\n\n$/);
  assert.ok(silence > 13_000 && silence < 19_000, `after ${silence} ms`);
  assert.deepEqual(framesOf(stream.text()), [], 'telemetry was not enabled: the stream opens, and no events come');
});

test('the stream closes when the session ends', async (t) => {
  const {telltale, id} = await startRecorded(t);
  const stream = await openStream(t, telltale, id, {query: '?replay=all'});
  await takeFrames(stream, 3);
  assert.equal((await call(telltale, 'DELETE', `/browsers/${id}`)).status, 204);
  const frames = framesOf(await stream.ended);
  assert.deepEqual(frames.map(({data}) => data.seq), frames.map((_, place) => place + 1));
});

test('404 when there is no such session, 401 without the token', async (t) => {
  const {telltale, id} = await startRecorded(t);
  const unknown = await call(telltale, 'GET', `/browsers/${kUnknown}/telemetry/stream`);
  assert.equal(unknown.status, 404);
  assert.equal(unknown.body.code, 'not_found');
  isText(unknown.body.message, 'message');
  const stranger = await call(telltale, 'GET', `/browsers/${id}/telemetry/stream`, {token: null});
  assert.equal(stranger.status, 401);
  assert.match(stranger.headers.get('www-authenticate'), /^Bearer/);
  const wrong = await call(telltale, 'GET', `/browsers/${id}/telemetry/stream`, {token: 'wrong'});
  assert.equal(wrong.status, 401);
});

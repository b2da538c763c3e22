// telemetry.stream of the official SDK: from now, replayed, resumed, and ended.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import Kernel from '@onkernel/sdk';

import {startSite, startTelltale} from '../telltale.mjs';
import {checkEnvelope} from './event_schema.mjs';
import {clientOf} from './sdk.mjs';

const CONSOLE = {browser: {console: {enabled: true}}};

/** The first `count` envelopes of a stream, which is then left. */
async function take(stream, count) {
  const envelopes = [];
  for await (const envelope of stream) {
    assert.deepEqual(checkEnvelope(envelope), []);
    envelopes.push(envelope);
    if (envelopes.length === count) break;
  }
  return envelopes;
}

const seqs = (envelopes) => envelopes.map(({seq}) => seq);
const range = (first, count) => Array.from({length: count}, (_, index) => first + index);

test('a stream is replayed from the first event and resumed after any of them', async (t) => {
  const telltale = await startTelltale(t);
  const kernel = clientOf(telltale);
  const {session_id: id} = await kernel.browsers.create({telemetry: CONSOLE, start_url: await startSite(t)});
  const stream = (params) => kernel.browsers.telemetry.stream(id, params);

  assert.deepEqual(seqs(await take(await stream({replay: 'all'}), 30)), range(1, 30));
  assert.deepEqual(seqs(await take(await stream({'Last-Event-ID': '10'}), 20)), range(11, 20));
  // The header wins.
  assert.deepEqual(seqs(await take(await stream({'Last-Event-ID': '10', replay: 'all'}), 5)), range(11, 5));
  const [{seq: last}] = (await take(await stream({replay: 'all'}), 30)).slice(-1);
  for (const params of [undefined, {'Last-Event-ID': '0'}, {'Last-Event-ID': '0', replay: 'all'}]) {
    const [{seq}] = await take(await stream(params), 1);
    assert.ok(seq > last, `${JSON.stringify(params)} starts from now, not at ${seq}`);
  }
  await assert.rejects(stream({replay: 'some'}), (error) => error instanceof Kernel.BadRequestError && /replay/.test(error.message));
});

test('a stream ends with its browser, and its record can be read afterwards', async (t) => {
  const telltale = await startTelltale(t);
  const kernel = clientOf(telltale);
  const {session_id: id} = await kernel.browsers.create({telemetry: CONSOLE, start_url: await startSite(t)});
  const stream = await kernel.browsers.telemetry.stream(id, {replay: 'all'});
  const envelopes = [];
  for await (const envelope of stream) {
    if (envelopes.push(envelope) === 20) await kernel.browsers.deleteByID(id);
  }
  assert.deepEqual(seqs(envelopes), range(1, envelopes.length));
  const replayed = await take(await kernel.browsers.telemetry.stream(id, {replay: 'all'}), Infinity);
  assert.deepEqual(replayed, envelopes);
  const params = {'Last-Event-ID': String(envelopes.length)};
  await assert.rejects(kernel.browsers.telemetry.stream(id, params), Kernel.NotFoundError);
});

test('a stream of a browser without telemetry opens and stays silent', async (t) => {
  const telltale = await startTelltale(t);
  const kernel = clientOf(telltale);
  const {session_id: id} = await kernel.browsers.create();
  const stream = await kernel.browsers.telemetry.stream(id, {replay: 'all'});
  const ended = take(stream, Infinity);
  await kernel.browsers.deleteByID(id);
  assert.deepEqual(await ended, []);
});

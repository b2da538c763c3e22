// What the two seeds of the telemetry stream share: the raw bytes of the stream, as curl would get them.

import assert from 'node:assert/strict';

import {eventually, startSite, startTelltale} from '../telltale.mjs';
import {call} from './api.mjs';

export const kConsole = {browser: {console: {enabled: true}}};

/** A session whose page logs all the time. */
export async function startRecorded(t, telemetry = kConsole) {
  const telltale = await startTelltale(t);
  const body = {start_url: await startSite(t), ...(telemetry ? {telemetry} : {})};
  const created = await call(telltale, 'POST', '/browsers', {body});
  assert.equal(created.status, 201, JSON.stringify(created.body));
  return {telltale, id: created.body.session_id};
}

/** Opens the stream; `text()` is what has come so far, `ended` resolves with all of it. */
export async function openStream(t, telltale, id, {headers = {}, query = '', token = telltale.token} = {}) {
  const abort = new AbortController();
  t.after(() => abort.abort());
  const response = await fetch(`${telltale.url}/browsers/${id}/telemetry/stream${query}`, {
    signal: abort.signal,
    headers: {...(token ? {authorization: `Bearer ${token}`} : {}), ...headers},
  });
  let text = '';
  const decoder = new TextDecoder();
  const ended = (async () => {
    try {
      for await (const bytes of response.body) text += decoder.decode(bytes, {stream: true});
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    }
    return text;
  })();
  return {response, text: () => text, ended, close: () => abort.abort()};
}

/** The frames of a stream's text that are complete: [{id, data}], comments left out. */
export function framesOf(text) {
  const frames = [];
  for (const block of text.split('\n\n').slice(0, -1)) {
    const lines = block.split('\n').filter((line) => !line.startsWith(':'));
    if (lines.length === 0) continue;
    assert.ok(!lines.some((line) => line.startsWith('event:')), 'the event: field is never set');
    const id = lines.find((line) => line.startsWith('id: '))?.slice('id: '.length);
    const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice('data: '.length));
    assert.equal(lines.length, 2, block);
    frames.push({id, data: JSON.parse(data.join('\n'))});
  }
  return frames;
}

/** The first `count` frames. */
export async function takeFrames(stream, count) {
  return await eventually(`${count} frames`, () => {
    const frames = framesOf(stream.text());
    return frames.length >= count ? frames.slice(0, count) : null;
  });
}

// A session whose page a DevTools client puts in place, which is faster than opening a document for each case.

import assert from 'node:assert/strict';

import puppeteer from 'puppeteer-core';

import {call} from './seeds/api.mjs';
import {startTelltale} from './telltale.mjs';

/** `answered` calls telltale and resolves to the body of a 200; `page` is Puppeteer's. */
export async function startShownPage(t, browser) {
  const telltale = await startTelltale(t, ['--chromium', browser]);
  const answered = async (method, path, body) => {
    const answer = await call(telltale, method, path, {body});
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const {session_id: id} = await answered('POST', '/sessions/start', {max_steps: 10_000, viewport_width: 800, viewport_height: 600});
  const {ws} = await answered('GET', `/sessions/${id}/debug`);
  const client = await puppeteer.connect({browserWSEndpoint: ws.cdp, defaultViewport: null});
  t.after(() => client.disconnect());
  const [page] = await client.pages();
  return {id, page, answered};
}

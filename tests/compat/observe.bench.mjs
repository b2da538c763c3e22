// What an observation costs: the time of POST .../page/observe on a page of 10,000 elements, as a ratio to a bare walk in
// the same page that reads the tag and the box of every element, in turns. Without the picture, which costs the browser the
// same whoever asks for it. Fails above MOST. Not a test:
//   TELLTALE_BINARY=build/release/src/cli/telltale node tests/compat/observe.bench.mjs

import assert from 'node:assert/strict';
import http from 'node:http';

import puppeteer from 'puppeteer-core';

import {listen, startTelltale} from './telltale.mjs';

const ROUNDS = 15;
const WARM_UP = 3;
const MOST = 5;
const CARDS = 500;
const CARD_ELEMENTS = 20;

/**
 * A shop's list of things, 20 elements each; one in ten has a positioned badge. That matters: each element in sight costs a
 * hit test of the browser, and these are as slow as the page has layers and grid cells.
 */
const card = (i) => `<article class="card c${i % 7}">
  <header><h2><a href="/things/${i}?from=list&amp;page=${i >> 4}">Thing number ${i}</a></h2><span class="${i % 10 ? 'mark' : 'badge'}">new</span></header>
  <figure><div class=picture title="Picture of thing ${i}"></div><figcaption>As seen from the front</figcaption></figure>
  <p>A thing like no other, made to last, and sold in the <strong>colour</strong> of your choice.</p>
  <ul><li>${i} grams</li><li>Two years</li></ul>
  <form><label for=n${i}>Number</label><input id=n${i} type=number name=number value=1>
    <select name=colour aria-label=Colour><option>red<option>green</select><button type=button>Add</button></form>
</article>`;
const PAGE = `<!doctype html><title>Things</title><style>
  body { margin: 8px; font: 14px sans-serif; } .card { border-bottom: 1px solid #ddd; }
  header, form { display: flex; gap: 8px; align-items: center; } h2, p, ul { margin: 4px 0; }
  .picture { width: 60px; height: 40px; background: #ddd; } .badge { position: relative; top: -2px; }
</style>${Array.from({length: CARDS}, (_, i) => card(i)).join('')}`;

/** Milliseconds, measured in the page. */
function bareWalk() {
  const began = performance.now();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
  let letters = 0;
  let height = 0;
  while (walker.nextNode()) {
    letters += walker.currentNode.tagName.length;
    height += walker.currentNode.getBoundingClientRect().height;
  }
  return {took: performance.now() - began, letters, height};
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const cleanUps = [];
const telltale = await startTelltale({after: (cleanUp) => cleanUps.push(cleanUp)}, ['--chromium', 'chromium-headless-shell']);
const ask = async (method, path, body) => {
  const response = await fetch(telltale.url + path, {
    method, body: body && JSON.stringify(body),
    headers: {'authorization': `Bearer ${telltale.token}`, 'content-type': 'application/json'},
  });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
};
const site = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end(PAGE);
});
const url = `http://127.0.0.1:${await listen(site)}/`;
cleanUps.push(() => {
  site.close();
  site.closeAllConnections();
});

const {session_id} = await ask('POST', '/sessions/start', {viewport_width: 1280, viewport_height: 1080});
await ask('POST', `/sessions/${session_id}/page/execute`, {type: 'goto', url});
const {ws} = await ask('GET', `/sessions/${session_id}/debug`);
const browser = await puppeteer.connect({browserWSEndpoint: ws.cdp, defaultViewport: null});
const page = (await browser.pages()).find((candidate) => candidate.url() === url);
assert.equal(await page.evaluate(() => document.querySelectorAll('body *').length), CARDS * CARD_ELEMENTS);

const times = {observe: [], bare: []};
for (let round = -WARM_UP; round < ROUNDS; ++round) {
  const {took: bare} = await page.evaluate(bareWalk);
  const began = performance.now();
  const {space} = await ask('POST', `/sessions/${session_id}/page/observe`, {screenshot: false});
  const observe = performance.now() - began;
  assert.ok(space.interaction_actions.length > 20);
  if (round < 0) continue;
  times.bare.push(bare);
  times.observe.push(observe);
}
const ratios = times.observe.map((took, round) => took / times.bare[round]);
console.log(`bare walk ${median(times.bare).toFixed(1)} ms, observe ${median(times.observe).toFixed(1)} ms; ratio ` +
            `${median(ratios).toFixed(2)} (median of ${ratios.length} rounds, ${Math.min(...ratios).toFixed(2)} to ` +
            `${Math.max(...ratios).toFixed(2)}), at most ${MOST}`);
await browser.disconnect();
for (const cleanUp of cleanUps.reverse()) await cleanUp();
process.exitCode = median(ratios) > MOST ? 1 : 0;

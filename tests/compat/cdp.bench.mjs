// What telltale's DevTools endpoint costs: the time of 500 commands of Playwright through it, as a ratio to the same commands
// against the browser's own port, in turns, on the same browser. Not a test:
//   TELLTALE_BINARY=build/release/src/cli/telltale node tests/compat/cdp.bench.mjs

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';

import {chromium} from 'playwright-core';

import {startTelltale} from './telltale.mjs';

const COMMANDS = 500;
const ROUNDS = 7;

/** The endpoint of the browser itself: its profile folder holds port and path. */
async function directUrl(session) {
  const commandLine = (await readFile(`/proc/${session.browser_pid}/cmdline`, 'utf8')).split('\0');
  const profile = commandLine.find((argument) => argument.startsWith('--user-data-dir=')).split('=')[1];
  const [port, path] = (await readFile(`${profile}/DevToolsActivePort`, 'utf8')).split('\n');
  return `ws://127.0.0.1:${port}${path}`;
}

/** Milliseconds for the flow: fill a field, read it back, click. */
async function flow(url) {
  const browser = await chromium.connectOverCDP(url);
  const page = await browser.contexts()[0].newPage();
  await page.setContent('<input id=field><button onclick="this.textContent = field.value">go</button>');
  const began = performance.now();
  for (let i = 0; i < COMMANDS / 5; ++i) {
    await page.fill('#field', `value ${i}`);
    await page.inputValue('#field');
    await page.evaluate(() => document.title);
    await page.click('button');
    assert.equal(await page.textContent('button'), `value ${i}`);
  }
  const took = performance.now() - began;
  await page.close();
  await browser.close();
  return took;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const cleanUps = [];
const telltale = await startTelltale({after: (cleanUp) => cleanUps.push(cleanUp)}, ['--chromium', 'chromium-headless-shell']);
const created = await fetch(`${telltale.url}/browsers`, {
  method: 'POST', headers: {authorization: `Bearer ${telltale.token}`}, body: JSON.stringify({timeout_seconds: 0}),
});
const session = await created.json();
const urls = {direct: await directUrl(session), proxy: session.cdp_ws_url};
const times = {direct: [], proxy: []};
for (let round = 0; round < ROUNDS; ++round) {
  for (const [name, url] of Object.entries(urls)) {
    const took = await flow(url);
    if (round > 0) times[name].push(took);  // the first warms up
  }
}
const ratios = times.proxy.map((took, round) => took / times.direct[round]);
console.log(`direct ${median(times.direct).toFixed(0)} ms, proxy ${median(times.proxy).toFixed(0)} ms for ${COMMANDS} commands; ` +
            `ratio ${median(ratios).toFixed(3)} (median of ${ratios.length} rounds, ${Math.min(...ratios).toFixed(3)} to ` +
            `${Math.max(...ratios).toFixed(3)})`);
for (const cleanUp of cleanUps) await cleanUp();

// What the end-to-end tests have received from real browsers. They record every envelope below TELLTALE_RECORDED_EVENTS, as
// lines of {"test": ..., "envelope": ...}, or of {"test": ..., "skipped": why}; CTest runs this file after all of them and empties the folder before the first.

import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {checkEnvelope} from './event_schema.mjs';
import {linesOf} from './sdk.mjs';

const MOST_SHOWN = 20;
/** An end-to-end test that is run with each browser must have seen its event with each. */
const BROWSERS = ['HeadlessShell', 'Chromium'];

function recordings() {
  const folder = process.env.TELLTALE_RECORDED_EVENTS;
  assert.ok(folder, 'TELLTALE_RECORDED_EVENTS names no folder');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
  assert.ok(files.length > 0, `nothing is recorded in ${folder}: run the end-to-end tests first`);
  return files.map((name) => join(folder, name));
}

/** The rows of tests/golden/producers.tsv: type, the test that produces it, and where that test cannot run. */
function producers() {
  const text = readFileSync(new URL('../../golden/producers.tsv', import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => line.split('\t'));
}

test('every recorded event matches the declarations of the SDK', () => {
  const problems = [];
  for (const file of recordings()) {
    const lines = linesOf(file);
    assert.ok(lines.length > 0, `${file} is empty`);
    for (const {test: name, envelope} of lines) {
      if (!envelope) continue;
      const found = checkEnvelope(envelope);
      if (found.length > 0 && problems.length < MOST_SHOWN) {
        problems.push(`${name}: ${found.join('; ')}\n  ${JSON.stringify(envelope).slice(0, 1000)}`);
      }
    }
  }
  assert.deepEqual(problems, []);
});

test('every type was produced on a real browser by the test that is named for it', () => {
  const types = linesOf(new URL('../../golden/envelopes.ndjson', import.meta.url)).map(({event}) => event.type);
  assert.deepEqual(producers().map(([type]) => type), types, 'tests/golden/producers.tsv has one line per type, in order');
  const seen = new Set();  // "type by test"
  const skipped = new Set();
  for (const file of recordings()) {
    for (const {test: name, envelope} of linesOf(file)) {
      if (envelope) seen.add(`${envelope.event.type} by ${name}`);
      else skipped.add(name);
    }
  }
  const missing = [];
  for (const [type, name, exception] of producers()) {
    if (name === '-') continue;
    const produced = (test) => seen.has(`${type} by ${test}`) || (exception && skipped.has(test));
    if (!produced(name) && !BROWSERS.every((browser) => produced(`Browsers/${name}/${browser}`))) {
      missing.push(`${type} by ${name}`);
    }
  }
  assert.deepEqual(missing, []);
});

// docs/contract.md names a test for each deviation: these tests exist.

import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';

const root = new URL('../../', import.meta.url);

/** The text of all files below tests that end in `suffix`. */
function sources(suffix) {
  const files = readdirSync(new URL('tests', root), {recursive: true});
  return files.filter((name) => name.endsWith(suffix) && !name.includes('node_modules'))
    .map((name) => readFileSync(new URL(`tests/${name}`, root), 'utf8')).join('\n');
}

const named = readFileSync(new URL('docs/contract.md', root), 'utf8')
  .split('\n').filter((line) => line.startsWith('| ')).map((line) => line.split(' | ').at(-1));

test('every deviation names a test', () => {
  const rows = named.slice(named.indexOf('held by |') + 2);
  assert.ok(rows.length > 10);
  for (const cell of rows) assert.match(cell, /`[^`]+`/);
});

test('every test that the contract names exists', () => {
  const contract = readFileSync(new URL('docs/contract.md', root), 'utf8');
  const cpp = sources('_test.cpp');
  const mjs = sources('.test.mjs');
  const missing = [];
  for (const [, suite, name] of contract.matchAll(/`([A-Z]\w+)\.([A-Z]\w+)`/g)) {
    if (!new RegExp(`TEST(_[FP])?\\(${suite},\\s*${name}\\)`).test(cpp)) missing.push(`${suite}.${name}`);
  }
  for (const [, title] of contract.matchAll(/`((?:it|a|errors|every) [^`]+)`/g)) {
    const prefix = title.replace(/^it is refused when /, '').replace(/^it may have /, '');
    if (!mjs.includes(`'${prefix}'`)) missing.push(title);
  }
  assert.deepEqual(missing, []);
});

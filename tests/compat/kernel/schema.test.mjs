// The schemas that recorded events are held against accept every sample and refuse what is wrong: a check that refuses nothing
// would prove nothing.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {checkEnvelope, knownTypes} from './event_schema.mjs';
import {linesOf} from './sdk.mjs';

const samples = linesOf(new URL('../../golden/envelopes.ndjson', import.meta.url));

/** The sample of a type, changed by `mutate`. */
function mutated(type, mutate) {
  const sample = structuredClone(samples.find(({event}) => event.type === type));
  mutate(sample.event, sample);
  return sample;
}

const wrong = [
  ['a required member of the data is missing', 'console_error', (event) => { delete event.data.text; }],
  ['a member of the data has the wrong type', 'console_error', (event) => { event.data.text = 5; }],
  ['a number is a string', 'network_response', (event) => { event.data.status = '200'; }],
  ['a status is no integer', 'network_response', (event) => { event.data.status = 200.5; }],
  ['an optional member is null', 'network_request', (event) => { event.data.post_data = null; }],
  ['a nested member is missing', 'console_log', (event) => { delete event.data.stack_trace.callFrames[0].scriptId; }],
  ['a list holds the wrong type', 'console_log', (event) => { event.data.args = [1]; }],
  ['the kind of target is unknown', 'page_load', (event) => { event.data.target_type = 'tab'; }],
  ['the category is not that of the type', 'page_load', (event) => { event.category = 'network'; }],
  ['the category is missing', 'page_load', (event) => { delete event.category; }],
  ['the source is missing', 'page_load', (event) => { delete event.source; }],
  ['the source has an unknown kind', 'page_load', (event) => { event.source.kind = 'browser'; }],
  ['metadata hold a number', 'page_load', (event) => { event.source.metadata = {target_id: 1}; }],
  ['the data are missing', 'page_load', (event) => { delete event.data; }],
  ['the data are null without truncation', 'page_load', (event) => { event.data = null; }],
  ['truncated is no boolean', 'page_load', (event) => { event.truncated = 'yes'; }],
  ['the reason of a disconnect is unknown', 'cdp_disconnect', (event) => { event.data.reason = 'other'; }],
  ['the seq is missing', 'page_load', (event, envelope) => { delete envelope.seq; }],
  ['the seq is 0', 'page_load', (event, envelope) => { envelope.seq = 0; }],
  ['the time is in milliseconds', 'page_load', (event) => { event.ts = Math.round(event.ts / 1000); }],
  ['a timestamp of the browser is in milliseconds', 'page_load', (event) => { event.data.cdp_timestamp = 1.7e12; }],
  ['a paint time is in seconds since the epoch', 'page_lcp', (event) => { event.data.time = 1_795_231_013.2825; }],
  ['an id is empty', 'page_navigation', (event) => { event.data.parent_frame_id = ''; }],
  ['an unknown type lacks a common field', 'page_load', (event) => { event.type = 'newer'; delete event.ts; }],
];

test('the sample of every type matches the declarations of the SDK', () => {
  for (const sample of samples) assert.deepEqual(checkEnvelope(sample), [], JSON.stringify(sample));
  const types = samples.map(({event}) => event.type);
  for (const type of knownTypes) assert.ok(types.includes(type), `no sample of ${type}`);
});

for (const [what, type, mutate] of wrong) {
  test(`it is refused when ${what}`, () => {
    assert.notDeepEqual(checkEnvelope(mutated(type, mutate)), []);
  });
}

const right = [
  ['members that the SDK does not know', 'page_load', (event) => { event.data.ours = {any: 'thing'}; }],
  ['a type that the SDK does not know', 'page_load', (event) => { event.type = 'page_newer'; }],
  ['a monitor reason of ours', 'monitor_disconnected', (event) => { event.data.reason = 'connection_lost'; }],
  ['the target type iframe', 'page_load', (event) => { event.data.target_type = 'iframe'; }],
  ['the target type worker', 'console_log', (event) => { event.data.target_type = 'worker'; }],
  ['data that were too large', 'page_load', (event) => { event.data = null; event.truncated = true; }],
];
for (const [what, type, mutate] of right) {
  test(`it may have ${what}`, () => {
    assert.deepEqual(checkEnvelope(mutated(type, mutate)), []);
  });
}

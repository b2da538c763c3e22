// What an envelope must look like, made from the SDK's own TypeScript declarations. Wider in exactly two places: `reason` of
// the monitor events is any text, and `target_type` may be iframe or worker. Types that the SDK does not know need the common
// fields only.

import assert from 'node:assert/strict';

import {checker, schemaOf} from './sdk.mjs';

const MORE_TARGET_TYPES = ['iframe', 'worker'];

const schema = schemaOf('telemetry.d.ts', 'TelemetryStreamResponse');
const {definitions} = schema;
const resolve = (part) => part.$ref ? definitions[decodeURIComponent(part.$ref.replace('#/definitions/', ''))] : part;

let widened = 0;
for (const [name, definition] of Object.entries(definitions)) {
  const {reason, target_type: targetType} = definition.properties ?? {};
  if (name.startsWith('BrowserMonitor') && reason) {
    delete reason.const;
    delete reason.enum;
    ++widened;
  }
  if (targetType) {
    targetType.enum.push(...MORE_TARGET_TYPES);
    ++widened;
  }
}
// Otherwise the SDK has changed and this file must be looked at again.
assert.equal(widened, 2 + 15, 'monitor reasons, and target types of the contexts, navigations and tabs');

/** The types that the SDK knows, with a checker for the event and whether it has data. */
const known = new Map(resolve(definitions.BrowserTelemetryEvent).anyOf.map((part) => {
  const {$ref} = part;
  const event = resolve(part);
  return [event.properties.type.const, {check: checker({$ref, definitions}), hasData: 'data' in event.properties}];
}));
assert.equal(known.size, 30);

/** The types that the SDK knows. */
export const knownTypes = [...known.keys()];

const {event: _, ...envelopeProperties} = resolve(schema).properties;
const check = checker({...resolve(schema), properties: envelopeProperties, definitions});
const checkCommon = checker({
  type: 'object', required: ['ts', 'type', 'category', 'source'],
  properties: {
    ts: {type: 'integer'}, type: {type: 'string', minLength: 1}, category: {type: 'string', minLength: 1},
    source: {$ref: '#/definitions/BrowserEventSource'}, truncated: {const: true},
  },
  definitions,
});

// Units, which TypeScript does not have: a wrong one is off by a factor of 1,000 at least.
const YEAR_2020_US = 1_577_836_800_000_000;
const YEAR_2100_US = 4_102_444_800_000_000;
const TEN_YEARS_S = 315_360_000;
const DAY_MS = 86_400_000;
const UNITS = {
  cdp_timestamp: [0, TEN_YEARS_S],  // seconds of a clock that starts with the machine, not with the epoch
  duration_ms: [0, DAY_MS],
  reconnect_duration_ms: [0, DAY_MS],
  time: [0, DAY_MS],  // milliseconds since the time origin of the document
  render_time: [0, DAY_MS],
  load_time: [0, DAY_MS],
  rss_kb: [0, 2 ** 40],
};
const COUNTS = ['nav_seq', 'status', 'message_count', 'reconnect_duration_ms', 'pid', 'rss_kb', 'line', 'column',
                'lineNumber', 'columnNumber'];
const OPAQUE = ['headers', 'metadata'];

function* unitProblems(value, path) {
  if (value === null || typeof value !== 'object') return;
  for (const [name, member] of Object.entries(value)) {
    const [least, most] = UNITS[name] ?? [];
    if (typeof member === 'number' && most !== undefined && !(member >= least && member <= most)) {
      yield `${path}/${name} is ${member}, not from ${least} to ${most}: wrong unit`;
    }
    if (COUNTS.includes(name) && typeof member === 'number' && !Number.isInteger(member)) {
      yield `${path}/${name} must be an integer`;
    }
    // An absent text is absent, never empty.
    if (name.endsWith('_id') && member === '') yield `${path}/${name} must be absent, not empty`;
    if (!OPAQUE.includes(name)) yield* unitProblems(member, `${path}/${name}`);
  }
}

/** What is wrong with an envelope; an empty list: nothing. */
export function checkEnvelope(envelope) {
  const problems = check(envelope);
  if (!Number.isInteger(envelope.seq) || envelope.seq < 1) problems.push('/seq must be an integer from 1 on');
  if (problems.length > 0) return problems;
  const {event} = envelope;
  problems.push(...checkCommon(event));
  const type = known.get(event.type);
  // The contract's last resort for an event that is too large, though the declarations do not mention it.
  const emptied = event.truncated === true && event.data === null;
  if (type) {
    const {data, ...withoutData} = event;
    problems.push(...type.check(emptied ? withoutData : event));
    if (type.hasData && !emptied && data === undefined) problems.push('/data is missing');
  }
  if (!(event.ts > YEAR_2020_US && event.ts < YEAR_2100_US)) problems.push('/ts is not in microseconds since the epoch');
  if (!emptied) problems.push(...unitProblems(event.data, '/data'));
  return problems;
}

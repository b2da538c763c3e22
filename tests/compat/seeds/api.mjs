// What the tests of the seeds share: calls of the HTTP API, and what values look like.

import assert from 'node:assert/strict';

/** {status, headers, body}: the body parsed where it is JSON. */
export async function call(telltale, method, path, {body, headers = {}, token = telltale.token} = {}) {
  const response = await fetch(telltale.url + path, {
    method,
    headers: {
      ...(token ? {authorization: `Bearer ${token}`} : {}),
      ...(body === undefined ? {} : {'content-type': 'application/json'}),
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('application/json');
  return {status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text};
}

export const kDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
export const kUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isInteger(value, name) {
  assert.ok(Number.isInteger(value), `${name} is no integer: ${value}`);
}

export function isText(value, name) {
  assert.equal(typeof value, 'string', name);
}

/** A FastAPI validation error for the field at `loc`. */
export function assertValidationError(response, loc, type) {
  assert.equal(response.status, 422);
  assert.match(response.headers.get('content-type'), /^application\/json/);
  assert.ok(Array.isArray(response.body.detail), JSON.stringify(response.body));
  for (const entry of response.body.detail) {
    assert.deepEqual(Object.keys(entry), ['loc', 'msg', 'type']);
    assert.ok(entry.loc.every((step) => typeof step === 'string' || Number.isInteger(step)));
    isText(entry.msg, 'msg');
    isText(entry.type, 'type');
  }
  const entry = response.body.detail.find((each) => JSON.stringify(each.loc) === JSON.stringify(loc));
  assert.ok(entry, `nothing is said of ${loc}: ${JSON.stringify(response.body)}`);
  if (type) assert.equal(entry.type, type);
}

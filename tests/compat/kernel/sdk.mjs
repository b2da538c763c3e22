// The official SDK against a real telltale, and its TypeScript declarations as JSON Schemas. The schemas are made at run
// time, so they cannot drift from the SDK that is installed.

import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import Kernel from '@onkernel/sdk';
import Ajv from 'ajv';
import {createGenerator} from 'ts-json-schema-generator';

const declarations = join(dirname(fileURLToPath(import.meta.resolve('@onkernel/sdk'))), 'resources', 'browsers');

/** No retries: a test wants to see the first answer. */
export function clientOf(telltale) {
  return new Kernel({baseURL: telltale.url, apiKey: telltale.token, maxRetries: 0});
}

/** The JSON Schema of a type that resources/browsers/FILE declares; members that it does not know are allowed. */
export function schemaOf(file, type) {
  return createGenerator({
    path: join(declarations, file), tsconfig: undefined, type, skipTypeCheck: true, additionalProperties: true,
    topRef: false, jsDoc: 'none',
  }).createSchema(type);
}

/** A function that returns what is wrong with a value; an empty list: nothing. */
export function checker(schema) {
  const check = new Ajv({strict: false, allErrors: true}).compile(schema);
  return (value) => check(value) ? [] : check.errors.map((error) => `${error.instancePath} ${error.message}`);
}

/** Checks answers about browsers. */
export const checkBrowser = checker(schemaOf('browsers.d.ts', 'BrowserCreateResponse'));

/** The NDJSON lines of a file as values. */
export function linesOf(file) {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

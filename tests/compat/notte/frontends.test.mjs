// What observe lists for real front ends, against golden files. UPDATE_GOLDEN=1 writes them anew.

import assert from 'node:assert/strict';
import {readFile, writeFile} from 'node:fs/promises';
import {test} from 'node:test';
import {isDeepStrictEqual} from 'node:util';

import {eventually, startTelltale} from '../telltale.mjs';
import {FRONTENDS, startFrontends} from './frontends.mjs';

const UPDATE = process.env.UPDATE_GOLDEN === '1';
// Without a golden file to wait for, a page is done when it has looked the same that often.
const QUIET_OBSERVATIONS = 50;

const goldenFile = (name) => new URL(`golden/${name}.json`, import.meta.url);

/** A session with a viewport of its own size; its requests are those of the page routes. */
async function startSession(t) {
  const telltale = await startTelltale(t);
  const post = async (path, body) => {
    const response = await fetch(`${telltale.url}${path}`, {
      method: 'POST', body: JSON.stringify(body),
      headers: {'authorization': `Bearer ${telltale.token}`, 'content-type': 'application/json'},
    });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  };
  const {session_id} = await post('/sessions/start', {viewport_width: 1280, viewport_height: 1080, max_steps: 100_000});
  const page = `/sessions/${session_id}/page`;
  return {
    goto: (url) => post(`${page}/execute`, {type: 'goto', url}),
    async observe() {
      const {space} = await post(`${page}/observe`, {names: true, screenshot: false});
      return space.interaction_actions.map(({id, type, role, name, description}) => ({id, type, role, name, description}));
    },
  };
}

/** The actions once they are `golden`, or what there is instead when they do not become that. */
async function settled(session, golden) {
  let actions;
  await eventually('the golden actions', async () => isDeepStrictEqual(actions = await session.observe(), golden))
      .catch((error) => { if (actions === undefined) throw error; });
  return actions;
}

async function quiet(session) {
  let actions = [];
  let same = 0;
  await eventually('a page at rest', async () => {
    const now = await session.observe();
    same = now.length && isDeepStrictEqual(now, actions) ? same + 1 : 0;
    actions = now;
    return same === QUIET_OBSERVATIONS;
  });
  return actions;
}

for (const [name, path] of Object.entries(FRONTENDS)) {
  test(`${name} is listed as in its golden file, each time`, async (t) => {
    const origin = await startFrontends(t);
    const session = await startSession(t);
    const file = goldenFile(name);
    if (UPDATE) {
      await session.goto(origin + path);
      await writeFile(file, `${JSON.stringify(await quiet(session), null, 2)}\n`);
    }
    const golden = JSON.parse(await readFile(file, 'utf8'));
    for (const load of ['first', 'second']) {
      await session.goto(origin + path);
      assert.deepEqual(await settled(session, golden), golden, `${load} load`);
      assert.deepEqual(await session.observe(), golden, `${load} load, observed again`);
    }
  });
}

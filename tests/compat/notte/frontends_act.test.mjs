// Acting on real front ends, by what was observed of them.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {call} from '../seeds/api.mjs';
import {eventually, startTelltale} from '../telltale.mjs';
import {FRONTENDS, startFrontends} from './frontends.mjs';

async function open(t, name) {
  const site = await startFrontends(t);
  const telltale = await startTelltale(t);
  const body = {viewport_width: 1280, viewport_height: 1080, max_steps: 100_000};
  const {body: {session_id: id}} = await call(telltale, 'POST', '/sessions/start', {body});
  const page = {
    async act(type, action = {}) {
      const {body: outcome} = await call(telltale, 'POST', `/sessions/${id}/page/execute`, {body: {type, ...action}});
      assert.equal(outcome.success, true, `${type} ${JSON.stringify(action)}: ${outcome.message}`);
      return outcome;
    },
    async evaluate(code) { return JSON.parse((await page.act('evaluate_js', {code: `JSON.stringify(${code})`})).data.markdown); },
    /** The id of the first action whose description contains the text, once there is one. */
    find: (text) => eventually(text, async () => {
      const {body: {space}} = await call(telltale, 'POST', `/sessions/${id}/page/observe`, {body: {screenshot: false}});
      return space.interaction_actions.find((action) => action.description.includes(text))?.id;
    }),
    async click(text) { await page.act('click', {id: await page.find(text)}); },
  };
  await page.act('goto', {url: site + FRONTENDS[name]});
  return page;
}

test('TodoMVC: a thing to do is added, done and cleared', async (t) => {
  const page = await open(t, 'todomvc');
  await page.act('fill', {id: await page.find('What needs to be done?'), value: 'Read the log', press_enter: true});
  await page.find('Read the log');
  await page.act('check', {selector: "xpath=//li[.//label[text()='Read the log']]//input", value: true});
  await page.click('Clear completed');
  assert.deepEqual(await page.evaluate('[...document.querySelectorAll("#todo-list label")].map((label) => label.textContent)'),
                   ['Write to Ada']);
});

test('Swagger UI: an operation is opened and tried out', async (t) => {
  const page = await open(t, 'swagger-ui');
  await page.click('GET All books');
  await page.click('Try it out');
  await page.act('fill', {selector: 'input[placeholder=author]', value: 'Lovelace'});
  await page.act('select_dropdown_option', {selector: '.servers select', value: '/v2 - next'});
  await page.act('click', {selector: 'text=Execute'});
  await page.find('Clear');
  assert.match(await page.evaluate('document.querySelector(".request-url").textContent'), /\/v2\/books\?author=Lovelace/);
});

test('Shoelace: controls in shadow roots take values, and a dropdown of its own', async (t) => {
  const page = await open(t, 'shoelace');
  await page.act('fill', {id: await page.find('name="name"'), value: 'Grace'});
  await page.act('select_dropdown_option', {id: await page.find('role="combobox"'), value: 'Green'});
  await page.act('check', {selector: 'sl-checkbox[name=terms] >> input', value: true});
  assert.deepEqual(await page.evaluate('["name", "color", "terms"].map((name) => { ' +
                                       'const control = document.querySelector(`[name=${name}]`); ' +
                                       'return name === "terms" ? control.checked : control.value })'),
                   ['Grace', 'green', true]);
});

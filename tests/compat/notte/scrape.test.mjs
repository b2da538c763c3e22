// Scraping by the wire shapes of Notte: the pages in pages/, as Markdown in golden/. UPDATE_GOLDEN=1 rewrites the latter.

import assert from 'node:assert/strict';
import {readFile, writeFile} from 'node:fs/promises';
import http from 'node:http';
import {test} from 'node:test';

import {listen, startTelltale} from '../telltale.mjs';

const folder = new URL('./', import.meta.url);
const TODAY = {'x-notte-sdk-version': '1.0.0'};
const pages = {article: {}, manual: {}, shop: {scrape_images: true}};

/** What is scraped with which request: the golden files. */
const goldens = [
  ...Object.entries(pages).map(([page, request]) => ({name: page, page, request})),
  {name: 'article-whole', page: 'article', request: {only_main_content: false, scrape_images: true}},
];

let origin;
let session;
let telltale;

async function call(path, body, headers = {}) {
  const response = await fetch(`${telltale.url}${path}`, {
    method: 'POST', body: JSON.stringify(body),
    headers: {'Content-Type': 'application/json', Authorization: `Bearer ${telltale.token}`, ...headers},
  });
  return {status: response.status, body: await response.json()};
}

async function goTo(page) {
  const {status, body} = await call(`/sessions/${session}/page/execute`, {type: 'goto', url: `${origin}/${page}.html`}, TODAY);
  assert.equal(status, 200);
  assert.equal(body.success, true, body.message);
}

async function scrape(request = {}, headers = TODAY) {
  const {status, body} = await call(`/sessions/${session}/page/scrape`, request, headers);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

test('scrape', async (t) => {
  const site = http.createServer(async (request, response) => {
    const page = request.url.match(/^\/(\w+)\.html$/)?.[1];
    if (!Object.hasOwn(pages, page ?? '')) return response.writeHead(404).end();
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(await readFile(new URL(`pages/${page}.html`, folder)));
  });
  origin = `http://127.0.0.1:${await listen(site)}`;
  t.after(() => {
    site.close();
    site.closeAllConnections();
  });
  telltale = await startTelltale(t);
  const started = await call('/sessions/start', {});
  assert.equal(started.status, 200, JSON.stringify(started.body));
  session = started.body.session_id;

  for (const {name, page, request} of goldens) {
    await t.test(`${name} is what its golden file says`, async () => {
      await goTo(page);
      const {markdown} = await scrape(request);
      const text = `${markdown.replaceAll(origin, 'http://site.test')}\n`;
      const file = new URL(`golden/${name}.md`, folder);
      if (process.env.UPDATE_GOLDEN) await writeFile(file, text);
      assert.equal(text, await readFile(file, 'utf8'));
    });
  }

  await t.test('links go, or become placeholders, on request', async () => {
    await goTo('article');
    const plain = await scrape({scrape_links: false});
    assert.match(plain.markdown, /The moon \*\*pulls\*\* it/);
    assert.doesNotMatch(plain.markdown, /http/);
    const short = await scrape({use_link_placeholders: true});
    assert.match(short.markdown, /\[moon \*\*pulls\*\*\]\(link2\)/);
  });

  await t.test('a selector scopes the scrape', async () => {
    await goTo('article');
    assert.equal((await scrape({selector: 'h1'})).markdown, '# How *tides* work');
    assert.equal((await scrape({selector: 'aside', scrape_links: false})).markdown, 'Read next: Waves');
  });

  await t.test('a selector that matches nothing is an error that names it', async () => {
    await goTo('article');
    const {status, body} = await call(`/sessions/${session}/page/scrape`, {selector: '#absent'}, TODAY);
    assert.ok(status >= 400, `${status}`);
    assert.match(JSON.stringify(body), /#absent/);
  });

  await t.test('ignored tags are left out', async () => {
    await goTo('article');
    const {markdown} = await scrape({ignored_tags: ['table', 'UL', 'blockquote']});
    assert.doesNotMatch(markdown, /Saint-Malo|Boots|wait for no man/);
    assert.match(markdown, /## Heights/);
  });

  await t.test('images come on request, with the icon of the site first', async () => {
    await goTo('shop');
    assert.equal((await scrape()).images ?? null, null);
    const {images} = await scrape({scrape_images: true});
    assert.deepEqual(images.slice(0, 3), [
      {url: `${origin}/favicon.ico`, category: 'favicon', description: null},
      {url: `${origin}/1.png`, category: 'content_image', description: 'A red lamp'},
      {url: `${origin}/2.png`, category: 'decorative', description: null},
    ]);
    assert.deepEqual(images[3], {url: null, category: 'svg_icon', description: 'Cart'});
  });

  await t.test('structured data is what the page states, and null where it states none', async () => {
    await goTo('article');
    const {structured} = await scrape();
    assert.equal(structured.success, true);
    assert.deepEqual(structured.data.json_ld.map((item) => item['@type']), ['Article']);
    assert.equal(structured.data.open_graph.title, 'How tides work');
    assert.equal(structured.data.meta.canonical, `${origin}/articles/tides`);
    assert.deepEqual(structured.data.tables[0].rows[1],
                     {Place: 'Saint-Malo', Low: 'measured a|b in March', 'High | spring': 'measured a|b in March'});
    await goTo('shop');
    const {data} = (await scrape()).structured;
    assert.deepEqual(data.microdata[0].properties.offers[0].properties.price, ['20']);
    await goTo('manual');
    assert.equal((await scrape()).structured, null);
  });

  await t.test('what needs a model says so', async () => {
    await goTo('article');
    for (const request of [{instructions: 'the title'}, {response_format: {type: 'object', properties: {}}}]) {
      const {structured} = await scrape(request);
      assert.equal(structured.success, false);
      assert.equal(structured.data, null);
      assert.match(structured.error, /model/);
    }
  });

  await t.test('without the version header, the answer has the shape that came first', async () => {
    await goTo('article');
    const today = await scrape();
    const {session: record, data} = await scrape({}, {});
    assert.equal(record.session_id, session);
    assert.equal(data.markdown, today.markdown);
    assert.deepEqual(Object.keys(today).sort(), ['images', 'markdown', 'structured']);
  });
});

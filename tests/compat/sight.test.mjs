// F7. What an agent gets to see of a page is what a person sees of it: the cases of sight.cases.mjs, through every door that
// reads pages.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {startShownPage} from './shown_page.mjs';
import {SEEN, UNSEEN} from './sight.cases.mjs';

/** Tag characters and variation selectors as the letters that they stand for. */
const decoded = (text) => text.replace(/[\u{e0000}-\u{e007f}]/gu, (tag) => String.fromCharCode(tag.codePointAt(0) - 0xe0000))
    .replace(/[\u{e0100}-\u{e01ef}]/gu, (selector) => String.fromCharCode(selector.codePointAt(0) - 0xe0100 + 16));

async function startReader(t, browser) {
  const {id, page, answered} = await startShownPage(t, browser);
  return {
    async show(body) {
      await page.goto('about:blank');  // what a <meta name=color-scheme> said holds beyond document.open()
      await page.setContent(body.startsWith('<!doctype') ? body : `<!doctype html><title>Sight</title><p>Plain</p>${body}`);
      // Animations are where they were at the last frame.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    },
    /** What observe lists, and what scrape reads, as texts. */
    async read() {
      const {space} = await answered('POST', `/sessions/${id}/page/observe`, {screenshot: false, names: true});
      const {session, ...scraped} = await answered(
          'POST', `/sessions/${id}/page/scrape`, {only_main_content: false, scrape_images: true, scrape_links: false});
      return {observed: decoded(JSON.stringify(space)), scraped: decoded(JSON.stringify(scraped))};
    },
    async links() {
      const {data} = await answered('POST', `/sessions/${id}/page/execute`, {type: 'links'});
      return data.links;
    },
  };
}

for (const browser of ['chromium-headless-shell', 'chromium']) {
  test(`what nobody sees is read nowhere: ${browser}`, async (t) => {
    const {show, read} = await startReader(t, browser);
    for (const [name, body] of Object.entries(UNSEEN)) {
      await t.test(name, async () => {
        await show(body);
        const {observed, scraped} = await read();
        assert.doesNotMatch(observed, /WORD/);
        assert.doesNotMatch(scraped, /WORD/);
      });
    }
  });

  test(`what only looks hidden is read: ${browser}`, async (t) => {
    const {show, read} = await startReader(t, browser);
    for (const [name, body] of Object.entries(SEEN)) {
      await t.test(name, async () => {
        await show(body);
        const {observed, scraped} = await read();
        // Observe lists the viewport only; names of controls are nothing that a scrape reads.
        assert.match(observed + scraped, /WORD/);
        if (!/<(button|input)/.test(body)) assert.match(scraped, /WORD/);
      });
    }
  });
}

test('a link that nobody sees is listed without its words', async (t) => {
  const {show, links} = await startReader(t, 'chromium-headless-shell');
  await show('<a href="http://site.test/menu" style="display:none">WORD</a><a href="http://site.test/seen">Seen</a>');
  assert.deepEqual(await links(), [{url: 'http://site.test/menu', text: ''}, {url: 'http://site.test/seen', text: 'Seen'}]);
});

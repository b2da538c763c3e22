// Real front ends, from npm and without a network: a client-rendered API browser, a to-do application, and a design system
// whose controls live in open shadow roots.

import {readFile} from 'node:fs/promises';
import http from 'node:http';
import {dirname, extname, join, normalize} from 'node:path';
import {fileURLToPath} from 'node:url';

import {listen} from '../telltale.mjs';

const PACKAGES = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules');
const FOLDERS = {
  '/swagger-ui/': 'swagger-ui-dist',
  '/mithril/': 'mithril',
  '/shoelace/': '@shoelace-style/shoelace/cdn',
};
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.json': 'application/json',
};

const answers = {200: {description: 'fine'}};
const SPECIFICATION = {
  openapi: '3.0.3',
  info: {title: 'Library', version: '1.0.0', description: 'Books and their readers. See [the guide](/guide).'},
  servers: [{url: '/v1'}, {url: '/v2', description: 'next'}],
  tags: [{name: 'books', description: 'What can be read'}, {name: 'readers'}],
  paths: {
    '/books': {
      get: {tags: ['books'], summary: 'All books', parameters: [{name: 'author', in: 'query', schema: {type: 'string'}}],
            responses: answers},
      post: {tags: ['books'], summary: 'Add a book', security: [{token: []}], responses: answers},
    },
    '/books/{id}': {
      delete: {tags: ['books'], deprecated: true, responses: answers,
               parameters: [{name: 'id', in: 'path', required: true, schema: {type: 'integer'}}]},
    },
    '/readers': {get: {tags: ['readers'], summary: 'All readers', responses: answers}},
  },
  components: {
    securitySchemes: {token: {type: 'http', scheme: 'bearer'}},
    schemas: {Book: {type: 'object', properties: {title: {type: 'string'}}}},
  },
};

const TODOS = [{title: 'Buy milk', completed: true}, {title: 'Write to Ada', completed: false}];

const PAGES = {
  '/swagger-ui/swagger-initializer.js': `onload = () => SwaggerUIBundle({
      spec: ${JSON.stringify(SPECIFICATION)}, dom_id: '#swagger-ui', validatorUrl: null, deepLinking: true,
      presets: [SwaggerUIBundle.presets.apis],
    });`,
  '/todomvc.html': `<!doctype html><script>
      localStorage['todos-mithril'] = ${JSON.stringify(JSON.stringify(TODOS))};
      location.replace('/mithril/examples/todomvc/index.html');
    </script>`,
  '/shoelace.html': `<!doctype html><html lang=en><title>Shoelace</title>
    <link rel=stylesheet href=/shoelace/themes/light.css><script type=module src=/shoelace/shoelace.js></script>
    <style>body { font: 16px sans-serif; } form > * { display: block; max-width: 400px; margin-bottom: 8px; }</style>
    <form>
      <sl-input name=name label="Full name" placeholder="Ada Lovelace" clearable value=Ada></sl-input>
      <sl-input name=password type=password label=Password password-toggle value=secret></sl-input>
      <sl-textarea name=note label=Note></sl-textarea>
      <sl-select name=color label=Color value=red>
        <sl-option value=red>Red</sl-option><sl-option value=green>Green</sl-option>
      </sl-select>
      <sl-checkbox name=terms>I agree to the <a href=/terms>terms</a></sl-checkbox>
      <sl-switch name=news checked>Newsletter</sl-switch>
      <sl-radio-group name=size label=Size value=s><sl-radio value=s>Small</sl-radio><sl-radio value=l>Large</sl-radio></sl-radio-group>
      <sl-range name=volume label=Volume value=30></sl-range>
      <sl-button type=submit variant=primary>Save <sl-badge>3</sl-badge></sl-button>
      <sl-button href=/help>Help</sl-button>
      <sl-button disabled>Not yet</sl-button>
    </form>
    <sl-tab-group>
      <sl-tab slot=nav panel=one>One</sl-tab><sl-tab slot=nav panel=two>Two</sl-tab>
      <sl-tab-panel name=one>First <a href=/first>panel</a></sl-tab-panel>
      <sl-tab-panel name=two>Second <a href=/second>panel</a></sl-tab-panel>
    </sl-tab-group>
    <sl-details summary="More">Hidden <a href=/hidden>link</a></sl-details>
    <sl-icon-button name=gear label=Settings></sl-icon-button>
    <sl-rating label=Rating></sl-rating>
    <sl-menu style="max-width: 200px"><sl-menu-item value=undo>Undo</sl-menu-item><sl-menu-item type=checkbox checked>Snap</sl-menu-item></sl-menu>
    <sl-dialog label="Closed"><sl-button>In the dialog</sl-button></sl-dialog>`,
};

/** Where each front end begins. */
export const FRONTENDS = {
  'swagger-ui': '/swagger-ui/index.html',
  'todomvc': '/todomvc.html',
  'shoelace': '/shoelace.html',
};

async function fileOf(path) {
  const prefix = Object.keys(FOLDERS).find((folder) => path.startsWith(folder));
  if (!prefix) return undefined;
  return readFile(join(PACKAGES, FOLDERS[prefix], normalize(`/${path.slice(prefix.length)}`))).catch(() => undefined);
}

/** Serves them; resolves to the origin. */
export async function startFrontends(t) {
  const site = http.createServer(async (request, response) => {
    const {pathname} = new URL(request.url, 'http://site');
    const body = PAGES[pathname] ?? await fileOf(pathname);
    response.statusCode = body === undefined ? 404 : 200;
    response.setHeader('Content-Type', TYPES[extname(pathname)] ?? 'application/octet-stream');
    response.end(body);
  });
  const port = await listen(site);
  t.after(() => {
    site.close();
    site.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}

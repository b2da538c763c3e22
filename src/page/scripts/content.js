// Markdown (GitHub's flavour) of what a page shows, and its links.

const kContentMaxMarkdown = 2_000_000;  // characters
const kContentMaxLinks = 5_000;
const kContentFanOut = 64;

/**
 * Children in groups of at most `kContentFanOut` on each level: for each child of an element, Turndown copies what it
 * has for the ones before, which takes a minute for a list of 50,000 items.
 */
function contentGroups(children) {
  let nodes = children.filter((child) => child !== '');
  if (nodes.length <= kContentFanOut) return nodes;
  const blocks = nodes.some(isRenderBlock);
  if (blocks && !nodes.every(isRenderBlock)) nodes = renderSettled(nodes);
  while (nodes.length > kContentFanOut) {
    const groups = [];
    for (let i = 0; i < nodes.length; i += kContentFanOut) {
      groups.push({tag: 'group', block: blocks, children: nodes.slice(i, i + kContentFanOut)});
    }
    nodes = groups;
  }
  return nodes;
}

/** The nodes of rendering.js as elements of an inert document, which is what Turndown reads. */
function contentElements(tree) {
  const inert = flat.implementation(document).createHTMLDocument('');
  const element = (tag, attributes, children) => {
    const made = inert.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...contentGroups(children).map(convert));
    return made;
  };
  const convert = (node) => {
    if (typeof node === 'string') return inert.createTextNode(node);
    switch (node.tag) {
      case 'group': return element(node.block ? 'div' : 'span', {'data-group': ''}, node.children);
      // Code goes around Turndown: some of its expressions take ages for long runs of spaces.
      case 'pre': return element('pre', {'data-code': node.code, 'data-language': node.language}, ['code']);
      case 'img': return element('img', {'data-src': node.src, alt: node.alt}, []);
      case 'a': return element('a', {'data-href': node.href ?? ''}, node.children);
      case 'math': return element('span', {'data-verbatim': node.children[0]}, ['math']);
      case 'li':
        for (const child of node.children) if (typeof child !== 'string') child.nested = true;
        return element('li', {'data-marker': node.marker ?? ''}, node.children);
      case 'ul': case 'ol': {
        // A list that starts with another number does not end the paragraph above it: it needs an empty line.
        const tight = node.nested && /^(-|1\.) /.test(node.children[0].marker);
        return element(node.tag, tight ? {'data-nested': ''} : {}, node.children);
      }
      case 'table': return element('table', {}, node.rows.map(
          (cells, i) => renderBlock('tr', cells, {columns: i ? 0 : cells.length})));
      case 'tr': return element('tr', node.columns ? {'data-columns': node.columns} : {}, node.children);
      default: return element(node.tag, {}, node.children);
    }
  };
  return element('div', {}, tree.children);
}

/** Escapes only what would be read as a mark there: snake_case, [1] and 3 * 4 stay as they are. */
function contentEscaped(text) {
  return text
      .replace(/\\(?=[!-/:-@[-`{-~])/g, '\\\\')
      .replace(/`|~~|(?<!\s)\*|\*(?!\s)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[a-z/!?])|&(?=#?\w{2,10};)/giu, '\\$&')
      .replace(/\](?=[(:])/g, '\\]')
      .replace(/^(?:[-+*]|#{1,6}|>)(?=\s|$)|^[-=]{2,}(?=\s*$)/, '\\$&')
      .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}

function contentBalanced(text, open, close) {
  let depth = 0;
  for (const character of text) {
    if (character === open) ++depth;
    if (character === close && --depth < 0) return false;
  }
  return depth === 0;
}

/** The target of a link. URLs have no spaces, but may have parentheses, which may stay when they come in pairs. */
const contentTarget = (url) => (contentBalanced(url, '(', ')') ? url : `<${url.replace(/[<>]/g, encodeURIComponent)}>`);

function contentService() {
  const service = new TurndownService({
    headingStyle: 'atx', hr: '---', bulletListMarker: '-', codeBlockStyle: 'fenced', emDelimiter: '*', br: '\\',
  });
  service.escape = contentEscaped;
  const rule = (name, filter, replacement) => service.addRule(name, {filter, replacement});
  const has = (attribute) => (node) => node.hasAttribute(attribute);
  rule('group', has('data-group'), (content) => content);
  rule('verbatim', has('data-verbatim'), (content, node) => node.getAttribute('data-verbatim'));
  rule('code block', 'pre', (content, node) => {
    const code = node.getAttribute('data-code');
    const longest = Math.max(2, ...Array.from(code.matchAll(/^\s*(`{3,})/gm), (match) => match[1].length));
    const fence = '`'.repeat(longest + 1);
    return `\n\n${fence}${node.getAttribute('data-language')}\n${code}\n${fence}\n\n`;
  });
  rule('strikethrough', 'del', (content) => (content.trim() ? `~~${content}~~` : content));
  rule('raised', ['sup', 'sub'], (content, node) => `<${node.localName}>${content}</${node.localName}>`);
  rule('link', 'a', (content, node) => {
    const href = node.getAttribute('data-href');
    const text = content.replace(/\\?\s*\n\s*/g, ' ').trim();
    if (!href || !text) return text;
    const label = contentBalanced(text, '[', ']') ? text : text.replace(/(?<!\\)[[\]]/g, '\\$&');
    return `[${label}](${contentTarget(href)})`;
  });
  rule('image', 'img', (content, node) => {
    const alt = (node.getAttribute('alt') ?? '').replace(/[[\]\\]/g, '\\$&');
    return `![${alt}](${contentTarget(node.getAttribute('data-src'))})`;
  });
  rule('list', ['ul', 'ol'], (content, node) => `${has('data-nested')(node) ? '\n' : '\n\n'}${content}\n\n`);
  // Also task lists: their boxes are text already.
  rule('list item', 'li', (content, node) => {
    const marker = node.getAttribute('data-marker');
    if (!marker) return `\n\n${content}\n\n`;
    return `${marker}${content.trim().replace(/\n(?!\n)/g, `\n${' '.repeat(marker.length)}`)}\n`;
  });
  rule('table', 'table', (content) => `\n\n${content}\n\n`);
  rule('table row', 'tr', (content, node) => {
    const columns = Number(node.getAttribute('data-columns'));
    return `${content.trim()} |\n${columns ? `|${' --- |'.repeat(columns)}\n` : ''}`;
  });
  rule('table cell', 'td', (content) => {
    const line = content.trim().replace(/\|/g, '\\|').replace(/\\?\s*\n\s*/g, '<br>');
    return ` | ${line}`.trimEnd();
  });
  return service;
}

/** Text up to `limit` characters, cut between lines. */
function contentCut(text, limit) {
  if (text.length <= limit) return text;
  const end = text.lastIndexOf('\n', limit);
  return text.slice(0, end > 0 ? end : limit).trimEnd();
}

function contentMarkdown(tree) {
  return renderTrimmedLines(contentService().turndown(contentElements(tree)));
}

/** Puts `link1`, `image1` ... in place of URLs; result: what they stand for. */
function contentPlaceholders(tree) {
  const names = new Map();
  const counts = {link: 0, image: 0};
  const placeholder = (kind, url) => {
    if (!names.has(url)) names.set(url, `${kind}${++counts[kind]}`);
    return names.get(url);
  };
  for (const node of renderedNodes(tree)) {
    if (node.href) node.href = placeholder('link', node.href);
    if (node.src) node.src = placeholder('image', node.src);
  }
  return Object.fromEntries([...names].map(([url, name]) => [name, url]));
}

/**
 * The page, or the element that `selector` names, as Markdown: {markdown, title, url, truncated, links?} or {error}.
 * `links` has the targets when they are replaced by placeholders.
 */
function markdown({selector, only_main_content = true, scrape_links = true, scrape_images = false, ignored_tags = [],
                   use_link_placeholders = false} = {}) {
  lookAnew();
  let root = flat.body(document) ?? flat.documentElement(document);
  if (selector) {
    try {
      root = findElement(selector);
    } catch (error) {
      return {error: error.message};
    }
    if (!root) return {error: `no element matches '${selector}'`};
  }
  const ignored = new Set((ignored_tags ?? []).map((tag) => String(tag).toLowerCase()));
  const {tree, truncated} = root ?
      renderContent(root, !selector, {main: only_main_content, images: scrape_images, ignored}) :
      {tree: renderBlock('div', []), truncated: false};
  if (!scrape_links) for (const node of renderedNodes(tree)) node.href = null;
  const links = use_link_placeholders ? contentPlaceholders(tree) : undefined;
  const text = contentMarkdown(tree);
  const cut = contentCut(text, kContentMaxMarkdown);
  return {
    markdown: cut, title: flatLine(flat.title(document), 1000), url: flat.url(document),
    truncated: truncated || cut.length < text.length, ...(links && {links}),
  };
}

/**
 * The links of the page, hidden ones included: menus that open belong to the site. [{url, text}], each URL once. The text
 * is what is seen of it.
 */
function pageLinks() {
  lookAnew();
  const links = new Map();
  const root = flat.documentElement(document);
  for (const element of root ? flatElements(root, {visible: false}) : []) {
    const tag = flatTag(element);
    if (tag !== 'a' && tag !== 'area') continue;
    const url = flatUrl(element, flat.attribute(element, 'href'));
    if (!url || !/^https?:/.test(url) || links.get(url)) continue;
    if (!links.has(url) && links.size === kContentMaxLinks) break;
    const text = flatLine(flatSeenText(element), 200);
    const named = !text && (tag === 'area' ? isAreaSeen(element) : sight.seesElement(element));
    links.set(url, text || (named ? flatLine(flat.attribute(element, 'alt'), 200) || flatLabel(element) : ''));
  }
  return Array.from(links, ([url, text]) => ({url, text}));
}

// The page as plain objects: what is visible of it, as the few kinds of nodes that Markdown knows.
//
// A node is {tag, children, block, length, source}: `children` are nodes and strings, `length` is how much text there
// is, `source` the element that it was drawn from. Blocks contain either blocks only or inline content only (list items
// may mix), and wrappers that mean nothing are gone: the tree is shallow however deep the page is.

const kRenderMaxText = 2_000_000;
const kRenderMaxDepth = 1_000;  // of the page: its parser stops at 512, scripts may go on
const kRenderMaxNesting = 40;   // of lists, quotes and emphasis in each other; what is deeper loses its marks

const kRenderDropped = new Set(
    ['script', 'style', 'template', 'noscript', 'head', 'title', 'link', 'meta', 'object', 'embed', 'audio', 'video',
     'canvas', 'select', 'textarea', 'datalist', 'progress', 'meter', 'map', 'rp']);
const kRenderBlocks = new Set(
    ['address', 'article', 'aside', 'blockquote', 'body', 'center', 'dd', 'details', 'dialog', 'dir', 'div', 'dl', 'dt',
     'fieldset', 'figcaption', 'figure', 'footer', 'form', 'frameset', 'frame', 'header', 'hgroup', 'html', 'iframe',
     'legend', 'li', 'main', 'nav', 'p', 'search', 'section', 'summary', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr']);
const kRenderPhrases = new Map(Object.entries({
  em: 'em', i: 'em', cite: 'em', strong: 'strong', b: 'strong', del: 'del', s: 'del', strike: 'del', code: 'code',
  kbd: 'code', samp: 'code', tt: 'code', sup: 'sup', sub: 'sub',
}));
const kRenderInline = new Set(['abbr', 'bdi', 'bdo', 'data', 'dfn', 'font', 'ins', 'mark', 'small', 'time', 'u', 'var']);
const kRenderHeading = /^h[1-6]$/;
const kRenderPermalink = /^[#¶§🔗]?$/u;

const isRenderBlock = (child) => typeof child !== 'string' && child.block;
const isRenderBlank = (child) => typeof child === 'string' ? !child.trim() : child.tag === 'br';

function renderNode(tag, children, more) {
  let length = 0;
  for (const child of children) length += child.length;
  return {tag, children, length, block: false, ...more};
}

const renderBlock = (tag, children, more) => renderNode(tag, children, {...more, block: true});

/** The text of a node, without marks; blocks and cells are set apart by spaces. */
function renderedText(child) {
  if (typeof child === 'string') return child;
  if (child.tag === 'pre') return child.code;
  if (child.tag === 'br') return ' ';
  if (child.tag === 'table') return child.rows.map((row) => row.map(renderedText).join(' ')).join(' ');
  const text = child.children.map(renderedText).join('');
  return child.block ? ` ${text} ` : text;
}

/** All nodes below `node`, itself first. Not a generator: nested ones pass each value through all levels. */
function renderedNodes(node, found = []) {
  found.push(node);
  for (const child of node.rows?.flat() ?? node.children) if (typeof child !== 'string') renderedNodes(child, found);
  return found;
}

/** The blocks that inline content makes: two line breaks in a row end a paragraph, those at its edges mean nothing. */
function renderParagraphs(run, source) {
  const paragraphs = [];
  for (let from = 0; from < run.length;) {
    let to = from;
    for (let breaks = 0; to < run.length; ++to) {
      breaks = run[to].tag === 'br' ? breaks + 1 : isRenderBlank(run[to]) ? breaks : 0;
      if (breaks === 2) break;
    }
    const part = run.slice(from, to);
    while (part.length && isRenderBlank(part[0])) part.shift();
    while (part.length && isRenderBlank(part[part.length - 1])) part.pop();
    if (part.length) paragraphs.push(renderBlock('p', part, {source}));
    from = to + 1;
  }
  return paragraphs;
}

/** Children as blocks only: runs of inline content between blocks become paragraphs. */
function renderSettled(children, source) {
  const blocks = [];
  let run = [];
  for (const child of children) {
    if (!isRenderBlock(child)) {
      run.push(child);
      continue;
    }
    blocks.push(...renderParagraphs(run, source), child);
    run = [];
  }
  blocks.push(...renderParagraphs(run, source));
  return blocks;
}

/** As one line: headings, captions and the like. */
function renderFlattened(children) {
  return children.flatMap((child) => {
    if (typeof child === 'string') return [child];
    if (child.tag === 'br') return [' '];
    if (child.tag === 'table' || child.tag === 'pre') return [` ${flatSqueeze(renderedText(child))} `];
    if (child.block) return [' ', ...renderFlattened(child.children), ' '];
    return [{...child, children: renderFlattened(child.children)}];
  });
}

/**
 * A link. Markdown's contain no blocks, pages' do (cards): there the first heading, or else the first paragraph, becomes
 * the link, and the rest follows it.
 */
function renderLink(children, href, source) {
  if (!children.some(isRenderBlock)) return [renderNode('a', children, {href, source})];
  const blocks = renderSettled(children, source);
  const inside = blocks.flatMap((block) => renderedNodes(block));
  const target = inside.find((node) => kRenderHeading.test(node.tag)) ??
                 inside.find((node) => node.tag === 'p' && node.length) ?? inside.find((node) => node.tag === 'p');
  if (target) target.children = [renderNode('a', target.children, {href, source})];
  return blocks;
}

/** Items only: pages put wrappers, texts and lists themselves right below lists. */
function renderItems(children) {
  const items = [];
  for (const child of children) {
    if (typeof child === 'string' ? !child.trim() : !child.length && !child.children.length) continue;
    if (child.tag === 'li') {
      items.push(child);
    } else if (/^[uo]l$/.test(child.tag) && items.length) {
      const last = items[items.length - 1];
      last.children.push(child);
      last.length += child.length;
    } else {
      items.push(renderBlock('li', [child], {source: child.source}));
    }
  }
  return items;
}

/** What a list item contains: bare text where a list that follows would turn a paragraph into a loose list. */
function renderItemContent(children) {
  const kept = children.some(isRenderBlock) ? renderSettled(children) : renderParagraphs(children);
  const [first, ...rest] = kept;
  if (first?.tag === 'p' && rest.every((child) => /^[uo]l$/.test(child.tag))) return [...first.children, ...rest];
  return kept;
}

/** Without white space at the ends of lines and empty lines at the ends of the text; /\s+$/ would take quadratic time. */
function renderTrimmedLines(text) {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const first = lines.findIndex(Boolean);
  return first < 0 ? '' : lines.slice(first, lines.findLastIndex(Boolean) + 1).join('\n');
}

/** The text of a code block, as an editor would take it: without line numbers and prompts that cannot be selected. */
function renderCodeText(pre) {
  let text = '';
  let lineEnded = false;  // by a block: a line feed that follows would end an empty line
  const visit = (node, depth, parent) => {
    if (text.length > kRenderMaxText || depth > kRenderMaxDepth) return;
    const type = flat.nodeType(node);
    if (type === Node.TEXT_NODE) {
      const data = sight.textOf(node, parent);
      text += lineEnded && data.startsWith('\n') ? data.slice(1) : data;
      lineEnded = false;
    }
    if (type !== Node.ELEMENT_NODE) return;
    const tag = flatTag(node);
    if (tag === 'br') text += '\n';
    if (tag === 'button' || kRenderDropped.has(tag) || flatVisibility(node) === 'hidden') return;
    const style = getComputedStyle(node);
    if (style.userSelect === 'none') return;
    if (/(^|[\s_-])(line-?num(ber)?s?|linenos?|gutter)($|[\s_-])/i.test(flat.attribute(node, 'class') ?? '')) return;
    const ownLine = !style.display.startsWith('inline') && style.display !== 'contents';
    const endLine = () => {
      if (ownLine && text && !text.endsWith('\n')) text += '\n';
    };
    endLine();
    for (const child of flatChildren(node, tag)) visit(child, depth + 1, node);
    endLine();
    lineEnded = ownLine && text.endsWith('\n');
  };
  for (const child of flatChildren(pre)) visit(child, 0, pre);
  // Turndown's trimming takes quadratic time for runs of white space, which hostile pages make long.
  const bounded = text.replace(/\u00a0/g, ' ').replace(/[^\S\n]{200,}/g, ' '.repeat(200));
  return renderTrimmedLines(bounded).replace(/\n{100,}/g, '\n'.repeat(100));
}

/** The language that highlighters put in a class of the block, of its only child or of what surrounds it. */
function renderCodeLanguage(pre) {
  let element = flat.find(pre, 'code') ?? pre;
  for (let i = 0; i < 4 && element && flat.nodeType(element) === Node.ELEMENT_NODE; ++i) {
    const named = flat.attribute(element, 'data-lang') || flat.attribute(element, 'data-language') ||
                  flat.attribute(element, 'class')?.match(
                      /(?:^|\s)(?:lang(?:uage)?|highlight-(?:source|text)|highlight|brush:?)[-\s]([\w+#.]+)/)?.[1];
    if (named && !/^(default|none|text|plain|plaintext|notranslate|highlight|txt)$/i.test(named)) {
      return named.replace(/[^\w+#.-]/g, '').slice(0, 30).toLowerCase();
    }
    element = flat.parentNode(element);
  }
  return '';
}

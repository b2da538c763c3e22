// From the live page to the nodes of rendering.js: one walk, which writes nothing.

/**
 * The visible content of `root` as {tree, truncated}. Options: `main` leaves out what surrounds a page's content (see
 * furniture.js), `buttons` keeps the buttons nonetheless, `images` keeps images, `ignored` is a set of tag names.
 */
function renderPage(root, {main = false, buttons = !main, images = false, ignored = new Set()} = {}) {
  let elements = 0;
  let text = 0;
  let truncated = false;

  const renderText = (node, context) => {
    if (context.unseen) return [];
    let data = sight.textOf(node, context.element);
    if (!data) return [];
    if (text + data.length > kRenderMaxText) {
      data = data.slice(0, kRenderMaxText - text);
      truncated = true;
    }
    text += data.length;
    // Line feeds count where the style says so, as in chats. Most texts have none inside.
    const lines = data.trim().includes('\n') && !context.line && context.element &&
        getComputedStyle(context.element).whiteSpaceCollapse !== 'collapse' ? data.split('\n') : [data];
    return lines.flatMap((line, i) => {
      const clean = line.replace(/\s+/g, ' ');
      return i ? [renderNode('br', []), clean] : [clean];
    });
  };

  const renderChildren = (element, tag, context) => {
    const rendered = [];
    // Of a closed <details>, the children say themselves that they are hidden, its text cannot.
    const closed = tag === 'details' && !flat.hasAttribute(element, 'open');
    for (const child of flatChildren(element, tag)) {
      if (truncated) break;
      if (closed && flat.nodeType(child) === Node.TEXT_NODE) continue;
      // Not `push(...)`: its arguments are on the stack, and there may be 100,000.
      for (const node of render(child, context)) rendered.push(node);
    }
    return rendered;
  };

  const renderImage = (image) => {
    if (!sight.seesImage(image)) return [];
    const alt = flatLine(flat.attribute(image, 'alt'), 300);
    if (!images) return /^\p{Extended_Pictographic}/u.test(alt) && alt.length < 12 ? [alt] : [];
    const src = flatImageUrl(image);
    const beacon = ['width', 'height'].every((name) => /^[01]$/.test(flat.attribute(image, name) ?? ''));
    if (beacon) return [];
    return /^(https?|file):/.test(src ?? '') ? [renderNode('img', [], {src, alt, source: image})] : alt ? [alt] : [];
  };

  const renderTable = (table, context) => {
    const grid = tableGrid(table);
    const cellContent = (slot) => slot.repeated || !slot.cell ? [] : render(slot.cell, {...context, cell: true});
    const caption = flat.tableCaption(table);
    const title = caption ? renderFlattened(render(caption, {...context, line: true})) : [];
    const before = title.length ? [renderBlock('p', [renderNode('strong', title)], {source: caption})] : [];
    if (isLayoutTable(table, grid)) {
      // Cells of a row that are short texts belong together: "1." "Title" "(example.org)".
      return before.concat(grid.rows.flatMap((row) => {
        const cells = row.map(cellContent).filter((cell) => cell.length);
        if (cells.every((cell) => cell.length === 1 && cell[0].tag === 'p')) {
          const line = cells.flatMap((cell, i) => (i ? [' ', ...cell[0].children] : cell[0].children));
          return renderParagraphs(line, table);
        }
        return cells.flat();
      }));
    }
    const rows = grid.rows.map((row) => row.map((slot) => renderBlock('td', cellContent(slot), {source: slot.cell})));
    const length = rows.flat().reduce((sum, cell) => sum + cell.length, 0);
    if (!length && !images) return before;
    if (!grid.headed) rows.unshift(rows[0].map(() => renderBlock('td', [])));
    return [...before, renderBlock('table', [], {rows, length, source: table})];
  };

  const renderAnchor = (element, tag, context) => {
    const target = flat.attribute(element, 'href');
    const url = flatUrl(element, target);
    const href = url && /^(https?|mailto|tel|ftp|sftp|file):/.test(url) && target.trim() !== '#' ? url : null;
    const children = renderChildren(element, tag, {...context, link: true});
    const shown = flatSqueeze(children.map(renderedText).join(''));
    const within = target?.trim().startsWith('#');
    if (context.heading && within && kRenderPermalink.test(shown)) return [];
    if (!shown && !children.some((child) => child.tag === 'img')) {
      const label = within || !href || !sight.seesElement(element) ? '' : flatLabel(element);
      return label ? [renderNode('a', [label], {href, source: element})] : [];
    }
    return href && !context.link ? renderLink(children, href, element) : children;
  };

  // Inside of code, only its text counts; a link around all of it stays one.
  const renderPhrase = (phrase, children, context, source) => {
    if (context.phrases?.includes(phrase) || children.some(isRenderBlock)) return children;
    const [only, ...more] = children.filter((child) => !isRenderBlank(child));
    if (phrase === 'code' && only?.tag === 'a' && !more.length) {
      return [{...only, children: [renderNode('code', [only.children.map(renderedText).join('')])]}];
    }
    if (phrase === 'code') return [renderNode('code', [children.map(renderedText).join('')], {source})];
    // Footnotes are links already.
    if (/^su[pb]$/.test(phrase) && children.some((child) => typeof child !== 'string')) return children;
    return only ? [renderNode(phrase, children, {source})] : children;
  };

  const renderList = (tag, element, children) => {
    const items = renderItems(children);
    let number = Number.parseInt(flat.attribute(element, 'start') ?? '1', 10);
    if (Number.isNaN(number)) number = 1;
    for (const item of items) {
      const own = item.tag === 'li' && item.source && Number.parseInt(flat.attribute(item.source, 'value') ?? '', 10);
      if (own >= 0) number = own;
      item.marker = tag === 'ol' && number >= 0 ? `${number}. ` : '- ';
      ++number;
    }
    return items.length ? [renderBlock(tag, items, {source: element})] : [];
  };

  const render = (node, context) => {
    const type = flat.nodeType(node);
    if (type === Node.TEXT_NODE) return context.element ? renderText(node, context) : [];
    if (type !== Node.ELEMENT_NODE) return [];
    if (++elements > kFlatMaxElements || context.depth > kRenderMaxDepth) truncated = true;
    if (truncated) return [];
    const tag = flatTag(node);
    if (kRenderDropped.has(tag) || ignored.has(tag) || (tag.includes(':') && tag !== 'math:math')) return [];
    const visibility = flatVisibility(node);
    if (visibility === 'hidden') return [];
    if (main && context.element && isFurniture(node, tag, context)) return [];
    return renderElement(node, tag, {
      ...context, depth: context.depth + 1, unseen: visibility === 'unseen', element: node, above: context.element,
      article: context.article || Boolean(renderLandmark(node, tag)),
    });
  };

  const renderElement = (element, tag, context) => {
    const role = flat.attribute(element, 'role')?.trim().toLowerCase();
    const plain = role === 'none' || role === 'presentation';
    switch (tag) {
      case 'br': return context.line ? [' '] : [renderNode('br', [])];
      case 'hr': return [renderBlock('hr', [])];
      case 'img': return renderImage(element);
      case 'input': {
        const type = flat.inputType(element);
        if (type === 'checkbox' && context.item) return [flat.inputChecked(element) ? '[x] ' : '[ ] '];
        return buttons && sight.seesElement(element) && /^(submit|button|reset)$/.test(type) ? [` ${flat.inputValue(element)} `] : [];
      }
      case 'math:math': {
        return renderFormula(element);
      }
      case 'pre': case 'listing': case 'xmp': {
        const code = renderCodeText(element);
        text += code.length;
        // A table's column of line numbers.
        if (!code.trim() || (context.cell && /^[\d\s]+$/.test(code) && code.includes('\n'))) return [];
        const language = renderCodeLanguage(element);
        return [renderBlock('pre', [], {code, language, length: code.length, source: element})];
      }
      case 'table': return renderTable(element, context);
      case 'a': return renderAnchor(element, tag, context);
    }
    const level = role === 'heading' ? Number.parseInt(flat.attribute(element, 'aria-level') ?? '2', 10) || 2 : 0;
    if (level || (kRenderHeading.test(tag) && !plain)) {
      // The heading is bold as it is.
      const children = renderFlattened(renderChildren(element, tag, {
        ...context, heading: true, line: true, phrases: ['strong', ...context.phrases ?? []]}));
      const name = level ? `h${Math.min(Math.max(level, 1), 6)}` : tag;
      return children.some((child) => !isRenderBlank(child)) ? [renderBlock(name, children, {source: element})] : [];
    }
    const deep = context.nesting > kRenderMaxNesting;
    const phrase = deep ? null : kRenderPhrases.get(tag);
    if (phrase) {
      const phrases = [...context.phrases ?? [], phrase];
      const children = renderChildren(element, tag, {...context, phrases, nesting: context.nesting + 1});
      return renderPhrase(phrase, children, context, element);
    }
    const list = tag === 'ol' ? 'ol' : /^(ul|menu)$/.test(tag) || role === 'list' ? 'ul' : null;
    if (list && !plain && !deep) return renderList(list, element, renderChildren(element, tag, {...context, nesting: context.nesting + 1}));
    const item = tag === 'li' || role === 'listitem';
    const children = renderChildren(element, tag, item ? {...context, item: true} : context);
    if (item) return [renderBlock('li', renderItemContent(children), {source: element})];
    if (tag === 'button' || role === 'button') {
      // Cards and headings of accordions are buttons, too, but contain more than a label.
      const labelOnly = !children.some(isRenderBlock) && !context.heading;
      return !buttons && labelOnly ? [] : [' ', ...children, ' '];
    }
    if (tag === 'q') return ['“', ...children, '”'];
    if (tag === 'rt') return [' (', ...children, ') '];
    if (tag === 'blockquote' && !deep) {
      const quoted = renderSettled(children, element);
      return quoted.length ? [renderBlock('blockquote', quoted, {source: element})] : [];
    }
    if ((tag === 'dt' || tag === 'summary') && !children.some(isRenderBlock)) {
      const strong = renderPhrase('strong', children, context);
      return renderParagraphs(strong, element);
    }
    const landmark = renderLandmark(element, tag);
    if (landmark) return [renderBlock(landmark, renderSettled(children, element), {source: element})];
    return renderWrapper(element, tag, children, context);
  };

  // Elements that mean nothing by themselves: their display decides whether they stand apart.
  const renderWrapper = (element, tag, children, context) => {
    if (kRenderBlocks.has(tag) || kRenderHeading.test(tag) || /^(ul|ol|menu)$/.test(tag)) {
      return renderSettled(children, element);
    }
    if (kRenderInline.has(tag) || !children.length) return children;
    const {display} = getComputedStyle(element);
    if (display === 'inline' || display === 'contents' || display.startsWith('ruby')) return children;
    if (children.some(isRenderBlock)) return renderSettled(children, element);
    // Things in a row of boxes are words of a line; `above` is what they are laid out in.
    const row = display.startsWith('inline') || (context.above && isRenderRow(context.above));
    return row ? [' ', ...children, ' '] : renderParagraphs(children, element);
  };

  const tree = renderBlock('div', renderSettled(render(root, {depth: 0, nesting: 0}), root), {source: root});
  return {tree, truncated};
}

/** 'main', 'article' or null. */
function renderLandmark(element, tag) {
  const role = flat.attribute(element, 'role')?.trim().toLowerCase();
  return [tag, role].find((name) => name === 'main' || name === 'article') ?? null;
}

function isRenderRow(element) {
  const {display, flexDirection} = getComputedStyle(element);
  return display.endsWith('flex') && flexDirection.startsWith('row');
}

/** A formula as TeX, where the page has it and shows no other words than it has; else as the text that is seen. */
function renderFormula(element) {
  const seen = flatSeenText(element);
  if (!seen) return [];
  const tex = flat.find(element, 'annotation[encoding="application/x-tex"]');
  const source = flatLine(tex ? flat.textContent(tex) : flat.attribute(element, 'alttext'), 2000);
  const words = source.replace(/\\(?:begin|end)\s*\{[^}]*\}|\\[a-zA-Z]+/g, ' ').match(/[\p{L}\p{M}]{3,}/gu) ?? [];
  const shown = seen.normalize('NFKC').replace(/\s+/g, '');
  return [source && words.every((word) => shown.includes(word)) ? renderNode('math', [`$${source}$`]) : seen];
}

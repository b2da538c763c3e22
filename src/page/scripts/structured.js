// Data that a page states for machines (JSON-LD, Open Graph, microdata), and that of its tables.

const kStructuredMaxJson = 1_000_000;  // characters of the result
const kStructuredMaxItems = 1_000;     // of each kind
const kStructuredMaxTables = 100;
const kStructuredMaxRows = 1_000;
const kStructuredMaxText = 10_000;     // of one value
const kStructuredMaxDepth = 20;        // of microdata
const kStructuredMaxSteps = 100_000;   // elements looked at for microdata
const kStructuredMaxNesting = 100;     // of JSON

/** Whether `value` nests deeper than `levels`: those who serialise it would run out of stack. */
function nestsDeeper(value, levels) {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => nestsDeeper(inner, levels - 1));
}

/** Takes values until the JSON of all of them together has reached its limit, and says what was too much. */
function structuredBudget() {
  let left = kStructuredMaxJson;
  return {
    truncated: false,
    steps: kStructuredMaxSteps,
    takes(value) {
      const size = nestsDeeper(value, kStructuredMaxNesting) ? Infinity : JSON.stringify(value).length + 20;
      if (size > left) {
        this.truncated = true;
        return false;
      }
      left -= size;
      return true;
    },
  };
}

/** JSON as pages have it: in comments, with line feeds inside of strings, with a semicolon at the end. Throws. */
function parseLooseJson(text) {
  const json = text.trim().replace(/^(?:<!--|\/\*\s*<!\[CDATA\[\s*\*\/|<!\[CDATA\[)/, '')
      .replace(/(?:-->|\/\*\s*\]\]>\s*\*\/|\]\]>)$/, '').trim().replace(/;$/, '');
  try {
    return JSON.parse(json);
  } catch {
    return JSON.parse(json.replace(/[\u0000-\u001f]+/g, ' '));
  }
}

function structuredJsonLd(budget) {
  const items = [];
  let skipped = 0;
  for (const script of flat.findAll(document, 'script[type="application/ld+json" i]')) {
    try {
      for (const item of [parseLooseJson(flat.textContent(script))].flat()) {
        if (items.length < kStructuredMaxItems && budget.takes(item)) items.push(item);
        else budget.truncated = true;
      }
    } catch {
      ++skipped;
    }
  }
  return {items, skipped};
}

/** Meta elements by name: {og, twitter, plain}. A name that comes more than once has an array. */
function structuredMetas(budget) {
  const groups = {og: new Map(), twitter: new Map(), plain: new Map()};
  const metas = [...flat.findAll(document, 'meta[property][content], meta[name][content]')].slice(0, kStructuredMaxItems);
  for (const meta of metas) {
    const name = (flat.attribute(meta, 'property') || flat.attribute(meta, 'name') || '').trim().toLowerCase();
    const [, prefix, rest] = name.match(/^(og|twitter|article|product|book|profile|music|video):(.+)$/) ?? [];
    const group = prefix === 'twitter' ? groups.twitter : prefix ? groups.og : groups.plain;
    const key = prefix === 'og' || prefix === 'twitter' ? rest : name;
    const value = flatLine(flat.attribute(meta, 'content'), kStructuredMaxText);
    if (!value || !budget.takes([key, value])) continue;
    group.set(key, group.has(key) ? [group.get(key), value].flat() : value);
  }
  return groups;
}

const kStructuredMeta = ['description', 'author', 'keywords', 'robots', 'generator', 'application-name', 'date'];

function structuredMeta(plain) {
  const meta = {};
  for (const name of kStructuredMeta) if (plain.has(name)) meta[name] = plain.get(name);
  const root = flat.documentElement(document);
  const link = (selector) => {
    const element = root && flat.find(root, selector);
    return element ? flatUrl(element, flat.attribute(element, 'href')) : null;
  };
  const more = {
    canonical: link('link[rel~="canonical" i]'), amp: link('link[rel~="amphtml" i]'),
    feed: link('link[rel~="alternate" i][type="application/rss+xml" i], link[rel~="alternate" i][type="application/atom+xml" i]'),
    lang: root && flat.attribute(root, 'lang'),
  };
  for (const [name, value] of Object.entries(more)) if (value) meta[name] = value;
  return meta;
}

function microdataValue(element) {
  const tag = flatTag(element);
  const attribute = (name) => flat.attribute(element, name);
  if (tag === 'meta') return attribute('content') ?? '';
  if (/^(audio|embed|iframe|img|source|track|video)$/.test(tag)) return flatUrl(element, attribute('src')) ?? '';
  if (/^(a|area|link)$/.test(tag)) return flatUrl(element, attribute('href')) ?? '';
  if (tag === 'object') return flatUrl(element, attribute('data')) ?? '';
  if (tag === 'data' || tag === 'meter') return attribute('value') ?? '';
  if (tag === 'time' && attribute('datetime')) return attribute('datetime');
  return flatLine(attribute('content') ?? flatSeenText(element), kStructuredMaxText);
}

/**
 * An item as HTML's JSON form has it: {type: [...], id?, properties: {name: [values and items]}}. `budget.steps` bounds
 * all items together: with itemref, a few elements can make millions.
 */
function microdataItem(scope, budget, path = []) {
  const words = (element, name) => (flat.attribute(element, name) ?? '').split(/\s+/).filter(Boolean);
  const properties = new Map();
  // Elsewhere on the page, too: what itemref names belongs to the item.
  const elsewhere = words(scope, 'itemref').slice(0, 100).map(
      (id) => flat.findAll(document, `[id="${CSS.escape(id)}"]`)[0]).filter(Boolean);
  const stack = [...elsewhere.reverse(), ...[...flat.children(scope)].reverse()];
  const seen = new Set([scope]);
  while (stack.length && budget.steps-- > 0) {
    const element = stack.pop();
    if (seen.has(element)) continue;
    seen.add(element);
    const nested = flat.hasAttribute(element, 'itemscope');
    for (const name of words(element, 'itemprop')) {
      // Items that contain themselves by itemref end here.
      const endless = nested && (path.includes(element) || path.length >= kStructuredMaxDepth);
      const value = endless ? null :
                    nested  ? microdataItem(element, budget, [...path, scope, element]) :
                              microdataValue(element);
      if (value !== null) properties.set(name, [...properties.get(name) ?? [], value]);
    }
    if (!nested) for (const child of [...flat.children(element)].reverse()) stack.push(child);
  }
  const id = flatUrl(scope, flat.attribute(scope, 'itemid'));
  return {type: words(scope, 'itemtype'), ...(id && {id}), properties: Object.fromEntries(properties)};
}

function structuredMicrodata(budget) {
  const items = [];
  for (const scope of flat.findAll(document, '[itemscope]:not([itemprop])')) {
    const item = microdataItem(scope, budget);
    if (!item.type.length && !Object.keys(item.properties).length) continue;
    if (items.length === kStructuredMaxItems || !budget.takes(item)) {
      budget.truncated = true;
      break;
    }
    items.push(item);
  }
  return items;
}

/** A table as {caption, headers, rows}: cells that span several slots have their value in each. Null: no data. */
function tableData(table, budget) {
  const grid = tableGrid(table);
  if (isLayoutTable(table, grid)) return null;
  const texts = new Map();
  const textOf = (cell) => {
    if (cell && !texts.has(cell)) texts.set(cell, flatLine(flatSeenText(cell), kStructuredMaxText));
    return cell ? texts.get(cell) : '';
  };
  const names = new Set();
  const headers = Array.from({length: grid.width}, (_, i) => {
    const base = (grid.headed && textOf(grid.rows[0][i].cell)) || `column_${i + 1}`;
    let name = base;
    for (let twin = 2; names.has(name); ++twin) name = `${base} (${twin})`;
    names.add(name);
    return name;
  });
  const caption = flat.tableCaption(table);
  const data = {caption: caption ? flatLine(flatSeenText(caption), 500) : null, headers, rows: []};
  if (!budget.takes(data)) return null;
  for (const slots of grid.headed ? grid.rows.slice(1) : grid.rows) {
    const row = Object.fromEntries(slots.map(({cell}, i) => [headers[i], textOf(cell)]));
    if (data.rows.length === kStructuredMaxRows || !budget.takes(row)) {
      budget.truncated = true;
      break;
    }
    data.rows.push(row);
  }
  return data.rows.length ? data : null;
}

function structuredTables(budget) {
  const tables = [];
  const root = flat.body(document);
  for (const element of root ? flatElements(root) : []) {
    if (flatTag(element) !== 'table') continue;
    if (tables.length === kStructuredMaxTables) {
      budget.truncated = true;
      break;
    }
    const data = tableData(element, budget);
    if (data) tables.push(data);
  }
  return tables;
}

/** {json_ld, open_graph, twitter, meta, microdata, tables, skipped, truncated}. `skipped`: pieces of JSON-LD that are none. */
function structuredData() {
  lookAnew();
  const budget = structuredBudget();
  const metas = structuredMetas(budget);
  const {items, skipped} = structuredJsonLd(budget);
  return {
    json_ld: items, open_graph: Object.fromEntries(metas.og), twitter: Object.fromEntries(metas.twitter),
    meta: structuredMeta(metas.plain), microdata: structuredMicrodata(budget), tables: structuredTables(budget),
    skipped, truncated: budget.truncated,
  };
}

// What surrounds the content of a page: menus, headers, footers, cookie banners; and where its main part is.

const kFurnitureRoles = new Set(
    ['navigation', 'banner', 'contentinfo', 'complementary', 'search', 'menu', 'menubar', 'toolbar', 'tooltip']);
// Whole class names and ids of pages without such elements; never parts of names, "header" is in too many.
const kFurnitureName = new RegExp(
    '^((site|page|global|main|top|left|right|bottom)[-_]?)?(nav|navbar|navigation|menu|sidebar|footer|topbar|masthead)$|' +
    '^(site|global|main)[-_]?header$|^(bread[-_]?crumbs?|share|sharing|share[-_]?(bar|buttons)|social([-_]?(share|links))?|' +
    'ads?|advert(isement)?|skip[-_]?(link|nav|to[-_]?content)|newsletter|noprint)$', 'i');
const kFurnitureCallout = /admonition|callout|aside|note|tip|warning|caution|danger|info/i;
const kFurnitureConsent = /(^|[-_\s])(cookies?|consent|gdpr|ccpa|cmp|onetrust|didomi|usercentrics|cookiebot)([-_\s]|$)/i;
const kFurnitureConsentText = /\bcookies?\b|\bconsent\b|\bGDPR\b/i;

/** Whether `element` belongs to the frame of the page. `context.article`: it is inside of the content. */
function isFurniture(element, tag, context) {
  const role = flat.attribute(element, 'role')?.trim().toLowerCase();
  if (kFurnitureRoles.has(role) || tag === 'nav' || tag === 'search') return true;
  const names = `${flat.attribute(element, 'id') ?? ''} ${flat.attribute(element, 'class') ?? ''}`.slice(0, 1000);
  // Boxes with hints are asides, in manuals above all.
  if (tag === 'aside') return !(context.article && (role === 'note' || kFurnitureCallout.test(names)));
  if (tag === 'footer') return flatTag(flat.parentNode(element)) !== 'blockquote';
  // An article's header has its title; so may the one of a page that has nothing else.
  if (tag === 'header') {
    return !context.article && (!flat.find(element, 'h1') || flat.find(element, 'nav, [role=navigation]') !== null);
  }
  if (isConsentBanner(element, tag, role, names, context)) return true;
  return names.trim() !== '' && names.split(/\s+/).some((name) => kFurnitureName.test(name)) &&
         !/^(body|main|article|h[1-6]|html)$/.test(tag) && !flat.find(element, 'main, [role=main], article, h1');
}

/** A dialog, or a box that stays where it is while the page scrolls, that speaks of cookies. */
function isConsentBanner(element, tag, role, names, context) {
  const named = kFurnitureConsent.test(names);
  const dialog = tag === 'dialog' || role === 'dialog' || role === 'alertdialog';
  if (!named && !dialog && context.depth > 5) return false;
  if (tag === 'body' || tag === 'main') return false;
  const {position} = getComputedStyle(element);
  if (!dialog && position !== 'fixed' && position !== 'sticky') return false;
  const text = flat.textContent(element);
  return named || (text.length < 20_000 && kFurnitureConsentText.test(text.slice(0, 5000)));
}

/**
 * The part of a rendered page that is its content: <main> when it holds at least half of the text, else the only
 * <article> that does (several are a feed: all of it), else everything. The page's only <h1> is put in front when it
 * stands outside of that part.
 */
function mainPart(tree) {
  const nodes = renderedNodes(tree);
  const longest = (found) => found.reduce((best, node) => (best && best.length >= node.length ? best : node), null);
  const large = (node) => (node && 2 * node.length >= tree.length ? node : null);
  const articles = nodes.filter((node) => node.tag === 'article');
  const part = large(longest(nodes.filter((node) => node.tag === 'main'))) ??
               (articles.length === 1 ? large(articles[0]) : null) ?? tree;
  const titles = nodes.filter((node) => node.tag === 'h1');
  if (part === tree || titles.length !== 1 || renderedNodes(part).includes(titles[0])) return part;
  return renderBlock('div', [titles[0], part]);
}

/**
 * The content of the page, or of `root`. Never empty where the page shows text: when leaving things out leaves but a few
 * words, a tenth of what there is or less, everything is taken. Result: {tree, truncated}.
 */
function renderContent(root, whole, options) {
  if (!options.main) return renderPage(root, options);
  const {tree, truncated} = renderPage(root, options);
  const part = whole ? mainPart(tree) : tree;
  if (part.length >= 200) return {tree: part, truncated};
  const all = renderPage(root, {...options, main: false});
  return 10 * part.length <= all.tree.length ? all : {tree: part, truncated};
}

// Bodies of pages, and what of them gets ids: a letter of the id and a tag each, in order. A viewport of 800 by 600 px is
// assumed. `#d` is what the scripts listen on.

const PICTURE = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
const listening = (html, event = 'click', capture = false) => `${html}<script>d.addEventListener('${event}', () => {}, ${capture})</script>`;
const mapped = (areas) => `<img usemap="#m" src="${PICTURE}" width=200 height=200 draggable=false><map name=m>${areas}</map>`;

export const CONTROLS = {
  'an editor without a word': ['<div contenteditable=true class=ProseMirror><p><br></p></div>', 'I div'],
  'an editor of plain text': ['<div contenteditable=plaintext-only>x</div>', 'I div'],
  'a paragraph that is edited': ['<p contenteditable>y</p>', 'I p'],
  'an editor once, not what is in it': ['<div contenteditable><p>in <b>bold</b></p></div>', 'I div'],
  'what says that it is not edited': ['<div contenteditable=false>x</div>', ''],
  'an island in an editor': ['<div contenteditable>a<span contenteditable=false>b</span></div>', 'I div'],
  'an editor in a shadow tree': ['<div id=h></div><script>h.attachShadow({mode: "open"}).innerHTML = "<div contenteditable>z</div>"</script>', 'I div'],
  'an editor with a role': ['<div class=cm-editor><div class=cm-content contenteditable role=textbox><div class=cm-line>let x</div></div></div>', 'I div'],
  'an editor higher than the viewport': ['<div contenteditable style="height:5000px">long</div>', 'I div'],
  'a frame that is an editor': ['<iframe srcdoc="<body contenteditable>text</body>"></iframe>', 'I body'],
  'a frame in design mode': ['<iframe id=f></iframe><script>f.contentDocument.body.textContent = "text"; f.contentDocument.designMode = "on"</script>', 'I body'],
  'an editor out of reach': ['<div contenteditable style="position:absolute;left:-9999px">x</div>', ''],
  'a listener to keys alone': [listening('<div id=d>Press</div>', 'keyup'), ''],
  'keys and a place among the tabs': [listening('<div id=d tabindex=0>Press</div>', 'keydown'), 'M div'],
  'a listener to scrolling': [listening('<div id=d>Press</div>', 'scroll'), ''],
  'a listener on what nobody sees': [listening('<div id=d style="opacity:0">Press</div>'), ''],
  'a listener in a button': [listening('<button><span id=d>Press</span></button>'), 'B button'],
  'the hand of the mouse': ['<div style="cursor:pointer">Press <b>me</b></div>', 'M div'],
  'the hand over a card': ['<div style="cursor:pointer;width:300px"><h3>Title</h3><p>Text</p><button>Buy</button></div>', 'M div,B button'],
  'the hand over a list': ['<ul style="cursor:pointer"><li>One</li><li>Two</li></ul>', 'M li,M li'],
  'the hand over a label': ['<label style="cursor:pointer"><input type=checkbox> Agree</label>', 'M label,B input'],
  'a listener for all of the page': ['<p>One</p><p>Two</p><script>document.body.addEventListener("click", () => {}); document.addEventListener("click", () => {})</script>', ''],
  'a listener for a list': [listening('<ul id=d><li>One</li><li>Two</li></ul>'), ''],
  'a listener for a list with hands': [listening('<ul id=d><li style="cursor:pointer">One</li><li style="cursor:pointer">Two</li></ul>'), 'M li,M li'],
  'a listener for what is in it': [listening('<div id=d><div>One</div><div>Two</div></div>'), ''],
  'a listener for a button': [listening('<div id=d><h1>App</h1><p>Hi</p><button>Go</button></div>'), 'B button'],
  'a listener for most of the viewport': [listening('<div id=d style="height:500px"><h3>Title</h3><p>Text</p></div>'), ''],
  'a framework that listens to everything': [`<div id=d><p>Hi</p></div><script>for (let i = 0; i < 60; ++i) d.addEventListener('e' + i, () => {});
    d.addEventListener('click', () => {})</script>`, ''],
  'a drawn link': ['<svg width=50 height=50><a href="/y"><circle r=20 cx=25 cy=25 /></a></svg>', 'L a'],
  'a drawn link of words': ['<svg width=200 height=50><a href="/y"><text x=10 y=30>Link</text></a></svg>', 'L a'],
  'a drawn link as of old': ['<svg width=50 height=50><a xlink:href="/y"><rect width=40 height=40 /></a></svg>', 'L a'],
  'a drawing': ['<svg width=50 height=50><rect width=40 height=40 /></svg>', ''],
  'areas of a picture': [mapped('<area shape=circle coords="50,50,30" href="/x" alt=Round><area shape=rect coords="100,100,190,190" href="/y" alt=Square>'), 'L area,L area'],
  'an area that is bent': [mapped('<area shape=poly coords="0,0,200,0,200,20,20,20,20,200,0,200" href="/x" alt=Bent>'), 'L area'],
  'an area without a link': [mapped('<area shape=rect coords="0,0,50,50">'), ''],
  'summaries': ['<details><summary>More</summary>x</details>', 'M details,M summary'],
  'roles': ['<div role=button>a</div><div role=menuitem>b</div><div role=switch>c</div><div role=tab>d</div><div role=option>e</div>',
    'B div,B div,B div,B div,O div'],
};

'use strict';

// Makes some of everything that telltale records, spread over about six seconds.

const started = performance.now();
const activity = document.getElementById('activity');

function report(kind, text) {
  const entry = document.createElement('li');
  const when = document.createElement('time');
  when.textContent = ((performance.now() - started) / 1000).toFixed(1) + ' s';
  const name = document.createElement('b');
  name.textContent = kind;
  const what = document.createElement('span');
  what.textContent = text;
  entry.append(when, name, what);
  activity.append(entry);
}

function after(delay, action) {
  setTimeout(action, delay);
}

async function request(text, url, options) {
  try {
    const response = await fetch(url, options);
    await response.text();
    report('network', text + ': ' + response.status);
  } catch (error) {
    report('network', text + ': ' + error.message);
  }
}

function send(body) {
  return {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)};
}

console.log('telltale demo started', {page: location.pathname, viewport: [innerWidth, innerHeight]});
console.info('user agent', navigator.userAgent);
report('console', 'log and info with objects');

after(200, () => request('fetch JSON', '/demo/data.json'));
after(300, () => new Image().src = '/demo/pixel.png');

after(500, () => {
  console.warn('stock is low', {item: 'telltale', left: 3});
  console.error('payment failed', {code: 'card_declined', attempt: 2});
  console.debug('cache', new Map([['hits', 41], ['misses', 1]]));
  console.table([{name: 'console', events: 2}, {name: 'network', events: 4}]);
  report('console', 'warning, error, debug, table');
});

after(800, () => request('fetch with redirect', '/demo/redirect'));
after(1000, () => request('fetch what is missing', '/demo/missing'));
after(1200, () => request('post JSON', '/demo/data.json', send({name: 'telltale', tags: ['demo', 'post']})));
// A port on which nobody listens.
after(1400, () => request('refused connection', 'http://127.0.0.1:64999/'));
after(1600, () => request('slow answer', '/demo/slow'));

after(1800, () => {
  report('exception', 'uncaught TypeError');
  const account = undefined;
  account.balance;
});

after(2100, () => {
  report('exception', 'unhandled rejection');
  Promise.reject(new Error('inventory service did not answer'));
});

after(2400, () => {
  const worker = new Worker('/demo/worker.js');
  worker.onmessage = ({data}) => report('worker', 'sum of squares: ' + data.sum);
  worker.postMessage({upTo: 1000});
});

after(2900, () => {
  document.getElementById('banner').textContent = 'This banner came late and pushed everything down.';
  report('page', 'layout shift');
});

after(3500, () => {
  history.pushState({step: 2}, '', '/demo?step=2');
  document.title = 'telltale demo: step 2';
  report('page', 'route change without a load');
});

after(4200, () => {
  report('interaction', 'smooth scroll to the end');
  document.getElementById('end').scrollIntoView({behavior: 'smooth', block: 'end'});
});

after(5800, () => {
  report('page', 'done');
  console.log('telltale demo done', {seconds: Math.round(performance.now() - started) / 1000});
});

document.getElementById('form').addEventListener('submit', (event) => {
  event.preventDefault();
  const field = document.getElementById('message');
  request('your message', '/demo/data.json', send({message: field.value}));
  field.value = '';
});

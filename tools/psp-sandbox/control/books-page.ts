import { plainPage } from './plain-page.js';

/** The page at `/`: the books with a button for each decision that a row still allows. */
export function booksPage(): string {
  return plainPage(
    'Books',
    `<p id="problem" role="status"></p><div id="books">Loading…</div><script>${SCRIPT}</script>`,
  );
}

// Values reach the page through textContent only, so that nothing of a payment can become markup.
const SCRIPT = String.raw`
const open = ['requires_payment_method', 'requires_confirmation', 'requires_customer_action', 'processing', 'review'];
const actions = {
  payments: (row) => open.includes(row.status)
    ? [['pay', 'succeed'], ['decline', 'fail'], ['expire', 'expire']]
    : ['failed', 'expired'].includes(row.status) ? [['pay after all', 'succeed']]
    : row.status === 'succeeded' ? [['refund in dashboard', 'refund'], ['dispute', 'dispute']] : [],
  refunds: (row) => row.status === 'succeeded' ? [['refund failed', 'fail']]
    : row.status === 'failed' ? [] : [['refund succeeded', 'succeed'], ['refund failed', 'fail'], ['review', 'review']],
  disputes: (row) => ['dispute_opened', 'dispute_challenged'].includes(row.status)
    ? [['challenge', 'challenge'], ['won', 'win'], ['lost', 'lose'], ['cancelled', 'cancel']].filter(([, action]) =>
        action !== 'challenge' || row.status === 'dispute_opened') : [],
  accounts: (row) => row.state === 'deauthorized' ? []
    : [...(row.state === 'ready' ? [['restrict', 'restrict']] : [['account ready', 'ready']]),
       ['pay out', 'payout'], ['deauthorize', 'deauthorize']],
  transfers: () => [],
  reversals: () => [],
  webhooks: () => [['send again', 'resend']],
};
const money = (minor, currency) => [String(minor) + ' ' + currency.toUpperCase(), 'amount'];
const amounts = (byCurrency) => Object.entries(byCurrency).map(([c, n]) => n + ' ' + c.toUpperCase()).join(', ') || '0';
const columns = {
  payments: (r) => ({ id: r.id, amount: money(r.amountMinor, r.currency), status: r.status, order: r.orderReference ?? '' }),
  refunds: (r) => ({ id: r.id, payment: r.paymentId, amount: money(r.amountMinor, r.currency), status: r.status, origin: r.origin }),
  disputes: (r) => ({ id: r.id, payment: r.paymentId, amount: money(r.amountMinor, r.currency), status: r.status }),
  accounts: (r) => ({ id: r.id, email: r.email ?? '', state: r.state, holds: amounts(r.balancesMinor), 'paid out': amounts(r.paidOutMinor) }),
  transfers: (r) => ({ id: r.id, to: r.destination, amount: money(r.amountMinor, r.currency), reversed: money(r.amountReversedMinor, r.currency), group: r.transferGroup ?? '' }),
  reversals: (r) => ({ id: r.id, transfer: r.transferId, amount: money(r.amountMinor, r.currency) }),
  webhooks: (r) => ({ id: r.id, type: r.type, object: r.objectId, state: r.state,
    deliveries: r.deliveries.map((d) => d.status ?? d.error).join(', ') }),
};
const make = (tag, text, parent, className) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  parent.append(node);
  return node;
};
async function press(kind, id, action) {
  const answer = await fetch('/_sandbox/' + kind + '/' + encodeURIComponent(id) + '/' + action, { method: 'POST' });
  document.getElementById('problem').textContent = answer.ok ? '' : (await answer.json()).error;
  await show();
}
function table(kind, rows, parent) {
  make('h2', kind, parent);
  if (rows.length === 0) return make('p', 'none yet', parent, 'quiet');
  const grid = make('table', undefined, parent);
  const names = Object.keys(columns[kind](rows[0]));
  const head = make('tr', undefined, make('thead', undefined, grid));
  for (const name of [...names, '']) make('th', name, head);
  const body = make('tbody', undefined, grid);
  for (const row of [...rows].reverse()) {
    const line = make('tr', undefined, body);
    for (const value of Object.values(columns[kind](row))) {
      if (Array.isArray(value)) make('td', value[0], line, value[1]); else make('code', value, make('td', undefined, line));
    }
    const cell = make('td', undefined, line);
    for (const [label, action] of actions[kind](row)) {
      make('button', label, cell).addEventListener('click', () => press(kind, row.id, action));
    }
  }
}
let shown = '';
async function show() {
  const text = await (await fetch('/_sandbox/books')).text();
  if (text === shown) return;
  shown = text;
  const books = JSON.parse(text);
  const root = document.createElement('div');
  make('h2', 'totals', root);
  const totals = Object.entries(books.totals);
  for (const [currency, t] of totals) {
    make('p', currency + ': captured ' + t.capturedMinor + ', refunded ' + t.refundedMinor +
      ', transferred ' + t.transferredMinor + ', reversed ' + t.reversedMinor + ' (minor units)', root);
  }
  if (totals.length === 0) make('p', 'no money has moved yet', root, 'quiet');
  for (const kind of ['payments', 'refunds', 'disputes', 'accounts', 'transfers', 'reversals']) table(kind, books[kind], root);
  table('webhooks', books.events, root);
  document.getElementById('books').replaceChildren(root);
}
const poll = () => show().catch(() => {
  document.getElementById('problem').textContent = 'The sandbox does not answer';
});
poll();
setInterval(poll, 2000);
`;

import type { Books } from './answers.js';
import { Narrator } from './narrator.js';
import { type OwnFigures, reckon, showReckoning } from './reckoning.js';

const own: OwnFigures = {
  order: {
    id: 'order',
    status: 'refunded',
    total_amount: 1_999,
    refunded_amount: 1_999,
    currency: 'EUR',
    items: [{ platform_fee: 200, net_amount: 1_799 }],
  },
  paymentId: 'pay_1',
  transfer: {
    id: 'transfer',
    order_id: 'order',
    status: 'reversed',
    net_amount: 1_799,
    amount: 1_799,
    amount_reversed: 1_799,
    stripe_transfer_id: 'tr_1',
    stripe_reversal_id: 'trr_1',
    failure_code: null,
  },
  balance: { currency: 'EUR', available: 0, pending: 0, in_transit: 0, debt: 0 },
};

const books: Books = {
  payments: [
    { id: 'pay_0', status: 'succeeded', amountReceivedMinor: 5_000 },
    { id: 'pay_1', status: 'succeeded', amountReceivedMinor: 1_999 },
  ],
  refunds: [
    { id: 'ref_1', paymentId: 'pay_1', status: 'succeeded', amountMinor: 1_999 },
    { id: 'ref_2', paymentId: 'pay_1', status: 'failed', amountMinor: 1_999 },
  ],
  transfers: [{ id: 'tr_1', destination: 'acct_1', amountMinor: 1_799, amountReversedMinor: 1_799 }],
  reversals: [{ id: 'trr_1', transferId: 'tr_1', amountMinor: 1_799 }],
  accounts: [{ id: 'acct_1', state: 'ready', balancesMinor: { eur: 0 } }],
};

function show(figures: OwnFigures, theirs: Books): string[] {
  const lines: string[] = [];
  showReckoning(new Narrator((line) => lines.push(line)), reckon(figures, theirs), 'EUR');
  return lines;
}

describe('the table at the end of the demo', () => {
  it('counts what belongs to this story only, and says that each line adds up', () => {
    expect(show(own, books).at(-1)).toBe('   Each line adds up.');
  });

  it.each<[string, Books]>([
    [
      'refunded to the buyer, kept of the payment',
      { ...books, refunds: [...books.refunds, { ...books.refunds[0]!, id: 'ref_3' }] },
    ],
    ['taken back from the seller', { ...books, reversals: [] }],
    [
      'left with the seller',
      { ...books, accounts: [{ ...books.accounts[0]!, balancesMinor: { eur: 1_799 } }] },
    ],
    ['transferred to the seller', { ...books, transfers: [{ ...books.transfers[0]!, amountMinor: 1 }] }],
  ])('stops with the names of the lines that differ: %s', (names, theirs) => {
    expect(() => show(own, theirs)).toThrow(`These figures differ: ${names}.`);
  });

  it('stops when the fee and the share are not the price', () => {
    const order = { ...own.order, items: [{ platform_fee: 200, net_amount: 1_800 }] };
    expect(() => show({ ...own, order }, books)).toThrow(
      'These figures differ: = fee + share of the seller.',
    );
  });
});

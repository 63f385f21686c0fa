import type { Balance, Books, Order, Transfer } from './answers.js';
import { sharesOf } from './buying.js';
import { money, type Narrator } from './narrator.js';
import { insist } from './story-stopped.js';

/** Our end of the story. */
export interface OwnFigures {
  order: Order;
  paymentId: string;
  transfer: Transfer;
  balance: Balance;
}

/** One line of the table; amounts in minor units. */
export interface Line {
  label: string;
  ours: number;
  theirs: number;
}

/** Our figures beside the provider's own books. */
export function reckon({ order, paymentId, transfer, balance }: OwnFigures, books: Books): Line[] {
  const captured = books.payments.find((row) => row.id === paymentId)?.amountReceivedMinor ?? 0;
  const refunds = books.refunds.filter((row) => row.paymentId === paymentId && row.status === 'succeeded');
  const refunded = sumOf(refunds);
  const transfers = books.transfers.filter((row) => row.id === transfer.stripe_transfer_id);
  const transferred = sumOf(transfers);
  const reversed = sumOf(books.reversals.filter((row) => row.transferId === transfer.stripe_transfer_id));
  const account = books.accounts.find((row) => row.id === transfers[0]?.destination);
  const [fee, net] = sharesOf(order);
  const sent = transfer.amount ?? 0;
  return [
    { label: 'paid by the buyer', ours: order.total_amount, theirs: captured },
    { label: '  = fee + share of the seller', ours: fee + net, theirs: captured },
    { label: 'transferred to the seller', ours: sent, theirs: transferred },
    { label: 'refunded to the buyer', ours: order.refunded_amount, theirs: refunded },
    { label: 'taken back from the seller', ours: transfer.amount_reversed, theirs: reversed },
    {
      label: 'kept of the payment',
      ours: order.total_amount - order.refunded_amount,
      theirs: captured - refunded,
    },
    {
      label: 'left with the seller',
      ours: sent - transfer.amount_reversed,
      theirs: account?.balancesMinor[order.currency.toLowerCase()] ?? 0,
    },
    { label: 'owed to the seller', ours: balance.available + balance.in_transit - balance.debt, theirs: 0 },
  ];
}

/** Prints the table. @throws StoryStopped when a line does not agree */
export function showReckoning(narrator: Narrator, lines: readonly Line[], currency: string): void {
  narrator.title('The books agree');
  narrator.plain(`   ${''.padEnd(32)} ${'Veza'.padStart(12)}   ${'provider'.padStart(12)}`);
  for (const { label, ours, theirs } of lines) {
    const sign = ours === theirs ? '=' : '≠';
    narrator.plain(
      `   ${label.padEnd(32)} ${money(ours, currency).padStart(12)} ${sign} ${money(theirs, currency).padStart(12)}`,
    );
  }
  const wrong = lines.filter(({ ours, theirs }) => ours !== theirs);
  insist(wrong.length === 0, `These figures differ: ${wrong.map(({ label }) => label.trim()).join(', ')}.`);
  narrator.plain('   Each line adds up.');
}

const sumOf = (rows: readonly { amountMinor: number }[]): number =>
  rows.reduce((sum, row) => sum + row.amountMinor, 0);

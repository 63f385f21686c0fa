import type { Books, LedgerLine, Order, Product, Refund, Transfer } from './answers.js';
import {
  balanceFacts,
  getBalance,
  getLicense,
  type Purchase,
  waitForOrder,
  waitForTransfer,
} from './buying.js';
import type { Person, Stage } from './cast.js';
import { money } from './narrator.js';
import { insist } from './story-stopped.js';
import { waitFor } from './wait-for.js';

/** The order is given back; the provider decides. */
export async function refund(stage: Stage, buyer: Person, purchase: Purchase): Promise<Order> {
  const { narrator, sandbox } = stage;
  narrator.title('The buyer wants the money back');
  const { refund: requested } = await buyer.api.post<{ refund: Refund }>(
    `/marketplace/orders/${purchase.order.id}/refund`,
    { reason: 'The demo gives everything back' },
  );
  const pending = await buyer.api.get<Order>(`/marketplace/orders/${purchase.order.id}`);
  narrator.step(`A refund of ${money(requested.amount, purchase.order.currency)} is requested`, {
    refund: requested.id,
    status: requested.status,
    order: pending.status,
  });
  const atProvider = await waitFor('the refund to reach the provider', async () =>
    findRefund(await sandbox.getBooks(), purchase.paymentId),
  );
  narrator.step('The provider has it', { 'at the provider': atProvider.id, status: atProvider.status });
  if (atProvider.status === 'pending') await sandbox.succeedRefund(atProvider.id);
  narrator.step('The provider confirms it ("refund succeeded" is pressed at the sandbox)');
  const refunded = await waitForOrder(buyer, purchase.order.id, 'refunded');
  narrator.step('The order is refunded', { refunded: money(refunded.refunded_amount, refunded.currency) });
  return refunded;
}

const findRefund = (books: Books, paymentId: string): Books['refunds'][number] | null =>
  books.refunds.find((one) => one.paymentId === paymentId) ?? null;

/** Neither the old link nor a new one gives the file any more. */
export async function showRevocation(
  { narrator }: Stage,
  buyer: Person,
  product: Product,
  purchase: Purchase,
): Promise<void> {
  narrator.title('The licence is gone');
  const license = await getLicense(buyer, purchase.order.id);
  insist(license.status === 'revoked', `The licence is still ${license.status} after the refund.`);
  narrator.step('The licence is revoked', { licence: license.id });
  const refusal = await buyer.api.getRefusal(`/marketplace/download/${product.id}`);
  narrator.step('A new link is refused', { answer: `${String(refusal.status)} ${refusal.code}` });
  const old = await fetch(purchase.downloadUrl);
  await old.body?.cancel();
  insist(old.status >= 400, 'The link from before the refund still gives the file.');
  narrator.step('The link from before is refused too', { answer: String(old.status) });
}

/** The seller's share comes back. */
export async function showReversal({ narrator }: Stage, seller: Person, order: Order): Promise<Transfer> {
  narrator.title("The seller's share is taken back");
  const transfer = await waitForTransfer(seller, order.id, 'reversed');
  narrator.step(`${money(transfer.amount_reversed, order.currency)} are reversed`, {
    transfer: transfer.stripe_transfer_id ?? '',
    reversal: transfer.stripe_reversal_id ?? '',
  });
  insist(
    transfer.stripe_reversal_id?.startsWith('trr_') === true,
    'The reversed transfer has no id of its reversal.',
  );
  const lines = await seller.api.get<LedgerLine[]>('/marketplace/seller/ledger?limit=100');
  const sum = lines.reduce((total, line) => total + line.amount, 0);
  narrator.step("The seller's ledger, oldest first");
  for (const line of [...lines].reverse()) {
    const amount = money(line.amount, order.currency).padStart(12);
    narrator.plain(`     ${line.kind.padEnd(22)} ${line.account.padEnd(12)} ${amount}`);
  }
  narrator.plain(`     ${'sum'.padEnd(35)} ${money(sum, order.currency).padStart(12)}`);
  insist(sum === 0, 'The lines of the ledger do not add up to zero.');
  narrator.step('Balance of the seller', balanceFacts(await getBalance(seller, order.currency)));
  return transfer;
}

import { randomUUID } from 'node:crypto';
import type { Balance, Checkout, License, Order, Product, Transfer } from './answers.js';
import { type Audio, sha256Of } from './audio.js';
import type { Person, Stage } from './cast.js';
import { money } from './narrator.js';
import { insist, StoryStopped } from './story-stopped.js';
import { waitFor } from './wait-for.js';

/** What was bought, with its link. */
export interface Purchase {
  order: Order;
  paymentId: string;
  license: License;
  downloadUrl: string;
}

/** Order, payment, completion by webhook. */
export async function buy(
  { narrator, sandbox }: Stage,
  buyer: Person,
  product: Product,
): Promise<{ order: Order; paymentId: string }> {
  narrator.title('Somebody buys it');
  const key = randomUUID();
  const request = { items: [{ product_id: product.id }] };
  const place = () => buyer.api.post<Checkout>('/marketplace/orders', request, { 'idempotency-key': key });
  const { order, payment } = await place();
  insist(payment !== null, 'The order needs no payment although the product has a price.');
  narrator.step(`${buyer.username} orders it for ${money(order.total_amount, order.currency)}`, {
    order: order.id,
    status: order.status,
    payment: payment.payment_id,
    'Idempotency-Key': key,
  });
  const again = await place();
  insist(again.order.id === order.id, 'The same request with the same Idempotency-Key made a second order.');
  narrator.step('The same request once more finds the same order');
  await sandbox.pay(payment.payment_id);
  narrator.step('The buyer pays at the provider, which sends its webhook');
  const completed = await waitForOrder(buyer, order.id, 'completed');
  const [fee, net] = sharesOf(completed);
  narrator.step('The order is completed', {
    paid: money(completed.total_amount, completed.currency),
    'platform fee': money(fee, completed.currency),
    "seller's share": money(net, completed.currency),
  });
  return { order: completed, paymentId: payment.payment_id };
}

/** Licence and file: the same bytes that were uploaded. */
export async function download(
  { narrator }: Stage,
  buyer: Person,
  product: Product,
  order: Order,
  audio: Audio,
): Promise<{ license: License; downloadUrl: string }> {
  narrator.title('The buyer gets a licence and the file');
  const license = await getLicense(buyer, order.id);
  insist(license.status === 'active', `The licence is ${license.status} after the payment.`);
  narrator.step(`A ${license.license_type} licence is ${license.status}`, { licence: license.id });
  const link = await buyer.api.get<{ download_url: string; expires_at: string }>(
    `/marketplace/download/${product.id}`,
  );
  const response = await fetch(link.download_url);
  insist(response.ok, `The signed link was answered ${String(response.status)}.`);
  const sha256 = sha256Of(new Uint8Array(await response.arrayBuffer()));
  insist(sha256 === audio.sha256, 'The downloaded file is not the uploaded one: their SHA-256 differ.');
  narrator.step('The signed link gives the very file', {
    link: `${link.download_url.slice(0, 100)}...`,
    'valid until': link.expires_at,
    sha256,
  });
  return { license, downloadUrl: link.download_url };
}

/** The seller's share arrives. */
export async function showTransfer({ narrator }: Stage, seller: Person, order: Order): Promise<Transfer> {
  narrator.title('The seller is paid');
  const transfer = await waitForTransfer(seller, order.id, 'completed');
  const [, net] = sharesOf(order);
  insist(
    transfer.amount === net,
    `The transfer is ${String(transfer.amount)} and the share is ${String(net)}.`,
  );
  narrator.step(`${money(net, order.currency)} are transferred`, {
    transfer: transfer.id,
    'at the provider': transfer.stripe_transfer_id ?? '',
  });
  narrator.step('Balance of the seller', balanceFacts(await getBalance(seller, order.currency)));
  return transfer;
}

export const sharesOf = (order: Order): [feeMinor: number, netMinor: number] => [
  order.items.reduce((sum, item) => sum + item.platform_fee, 0),
  order.items.reduce((sum, item) => sum + item.net_amount, 0),
];

export async function getLicense(buyer: Person, orderId: string): Promise<License> {
  const licenses = await buyer.api.get<License[]>('/marketplace/licenses');
  const license = licenses.find((one) => one.order_id === orderId);
  insist(license !== undefined, `The buyer has no licence of order ${orderId}.`);
  return license;
}

export function waitForOrder(buyer: Person, orderId: string, status: string): Promise<Order> {
  return waitFor(`order ${orderId} to be ${status}`, async () => {
    const order = await buyer.api.get<Order>(`/marketplace/orders/${orderId}`);
    return order.status === status ? order : null;
  });
}

export function waitForTransfer(seller: Person, orderId: string, status: string): Promise<Transfer> {
  return waitFor(`the transfer of order ${orderId} to be ${status}`, async () => {
    const transfers = await seller.api.get<Transfer[]>('/marketplace/seller/transfers');
    const transfer = transfers.find((one) => one.order_id === orderId);
    if (transfer?.failure_code != null && transfer.status !== status)
      throw new StoryStopped(`The transfer is ${transfer.status}: ${transfer.failure_code}.`);
    return transfer?.status === status ? transfer : null;
  });
}

/** The balance of one currency; nothing moved yet means zeros. */
export async function getBalance(seller: Person, currency: string): Promise<Balance> {
  const balances = await seller.api.get<Balance[]>('/marketplace/seller/balance');
  const none = { currency, available: 0, pending: 0, in_transit: 0, debt: 0 };
  return balances.find((one) => one.currency === currency) ?? none;
}

export const balanceFacts = (balance: Balance): Record<string, string> => ({
  available: money(balance.available, balance.currency),
  'on its way': money(balance.in_transit, balance.currency),
  debt: money(balance.debt, balance.currency),
});

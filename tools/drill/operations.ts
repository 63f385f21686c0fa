import { setTimeout as pause } from 'node:timers/promises';
import type { Reply } from './drill-client.js';
import type { DrillWorld, Person } from './drill-world.js';
import { waitUntil } from './wait-until.js';

/** What people and banks do in a batch. */
export const OPERATION_KINDS = [
  'purchase',
  'refund_full',
  'refund_partial',
  'transfer',
  'reversal',
  'webhook',
  'account',
  'dispute',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** An order that somebody was told of. */
export interface KnownOrder {
  id: string;
  paymentId: string;
  buyer: Person;
  totalMinor: number;
  /** Refunds that were asked for. */
  refundsAsked: number;
}

/** How long a person or a bank takes for a decision that depends on the server's progress. */
const PATIENCE_MS = 20_000;

/** Carries operations out and remembers what their callers were told. */
export class Operations {
  /** Every order that was acknowledged to its buyer. */
  readonly orders: KnownOrder[] = [];
  private readonly unpaid: KnownOrder[] = [];
  private readonly paid: KnownOrder[] = [];
  private readonly undecided: string[] = [];
  private readonly disputes: string[] = [];

  constructor(private readonly world: DrillWorld) {}

  /** @returns how it ended, for the report */
  async run(kind: OperationKind): Promise<string> {
    switch (kind) {
      case 'purchase':
        return this.purchase();
      case 'transfer':
        return this.payLater();
      case 'refund_full':
        return this.refund(true);
      case 'refund_partial':
        return this.refund(false);
      case 'reversal':
        return this.decideRefund();
      case 'webhook':
        return this.repeatWebhooks();
      case 'account':
        return this.changeAccount();
      case 'dispute':
        return this.dispute();
    }
  }

  /** Banks decide what is still open, and every account is ready again. */
  async decideEverything(): Promise<void> {
    for (const id of this.undecided.splice(0)) this.settleRefund(id);
    for (const id of this.disputes.splice(0)) this.decideDispute(id);
    for (const seller of this.world.people.sellers) {
      this.world.sandbox.readyAccount(await this.world.accountOf(seller));
    }
  }

  private get random(): DrillWorld['random'] {
    return this.world.random;
  }

  private async purchase(): Promise<string> {
    const order = await this.order();
    if (typeof order === 'string') return order;
    if (this.random.isTrue(0.3)) {
      this.unpaid.push(order);
      return 'ordered';
    }
    if (this.random.isTrue(0.1)) {
      this.world.sandbox.failPayment(order.paymentId);
      return 'declined';
    }
    return this.pay(order);
  }

  /** One to three services; those may be bought again and again. */
  private async order(): Promise<KnownOrder | string> {
    const { random, world } = this;
    const buyer = random.pick(world.people.buyers);
    const products = new Set([random.pick(world.products)]);
    while (products.size < 3 && random.isTrue(0.4)) products.add(random.pick(world.products));
    const reply = await this.world.client.post(
      '/marketplace/orders',
      { items: [...products].map(({ id }) => ({ product_id: id })) },
      buyer.token,
    );
    if (reply.status !== 201) return refusalOf(reply);
    const { order, payment } = reply.data as unknown as OrderAnswer;
    const known = {
      id: order.id,
      paymentId: payment.payment_id,
      buyer,
      totalMinor: [...products].reduce((sum, { priceMinor }) => sum + priceMinor, 0),
      refundsAsked: 0,
    };
    this.orders.push(known);
    return known;
  }

  private pay(order: KnownOrder): string {
    this.world.sandbox.succeedPayment(order.paymentId);
    this.paid.push(order);
    return 'paid';
  }

  /** The buyer pays an order of before; the transfer to the seller follows by itself. */
  private async payLater(): Promise<string> {
    const order = this.random.take(this.unpaid);
    if (!order) return this.purchase();
    const { status } = this.world.sandbox.providers.payments.get(order.paymentId);
    // The sweep has cancelled what was left unpaid for too long.
    return status.startsWith('requires_') ? this.pay(order) : `too_late_${status}`;
  }

  private async refund(isFull: boolean): Promise<string> {
    const order = this.random.take(this.paid);
    if (!order) return this.purchase();
    // A person can only ask for what the application shows as bought.
    await waitUntil(() => this.isCompleted(order), PATIENCE_MS, 250);
    order.refundsAsked += 1;
    const part = this.random.between(1, Math.max(order.totalMinor - 1, 1));
    const body = isFull ? {} : { amount: part };
    const reply = await this.world.client.post(
      `/marketplace/orders/${order.id}/refund`,
      body,
      order.buyer.token,
    );
    if (reply.status !== 202) return refusalOf(reply);
    if (!isFull) this.paid.push(order);
    return this.awaitProvider(order);
  }

  /** The provider has the refund sooner or later; its bank decides now, soon, or in a later batch. */
  private async awaitProvider(order: KnownOrder): Promise<string> {
    const open = (): string[] =>
      this.world.sandbox.providers.refunds
        .ofPayment(order.paymentId)
        .filter(({ id, status }) => status === 'pending' && !this.undecided.includes(id))
        .map(({ id }) => id);
    if (!(await waitUntil(() => open().length > 0, PATIENCE_MS))) return 'not_at_the_provider_yet';
    const [id] = open();
    if (id === undefined) return 'decided_elsewhere';
    if (this.random.isTrue(0.35)) {
      this.undecided.push(id);
      return 'undecided';
    }
    await pause(this.random.between(0, 4_000));
    return this.settleRefund(id);
  }

  private async decideRefund(): Promise<string> {
    const id = this.random.take(this.undecided);
    return id === null ? this.refund(true) : this.settleRefund(id);
  }

  private settleRefund(id: string): string {
    if (this.random.isTrue(0.15)) {
      this.world.sandbox.failRefund(id);
      return 'refund_failed';
    }
    if (this.random.isTrue(0.1)) this.world.sandbox.reviewRefund(id);
    this.world.sandbox.succeedRefund(id);
    return 'refund_succeeded';
  }

  /** Deliveries of before once more, the newest first. */
  private async repeatWebhooks(): Promise<string> {
    const ids = [...this.world.sandbox.events()].reverse().slice(0, 200);
    const chosen = ids.filter(() => this.random.isTrue(0.05)).slice(0, 6);
    for (const { id } of chosen) this.world.sandbox.resendWebhook(id);
    return 'repeated';
  }

  /** The provider closes an account for a while; the server reads it again at each change. */
  private async changeAccount(): Promise<string> {
    const seller = this.random.pick(this.world.people.sellers);
    const account = await this.world.accountOf(seller);
    this.world.sandbox.restrictAccount(account);
    await pause(this.random.between(200, 1_500));
    this.world.sandbox.readyAccount(account);
    const reply = await this.world.client.get('/marketplace/seller/connect/status', seller.token);
    return reply.status === 200 ? 'read' : refusalOf(reply);
  }

  private async dispute(): Promise<string> {
    const open = this.random.take(this.disputes);
    if (open !== null) return this.decideDispute(open);
    const order = this.random.take(this.paid);
    if (!order) return this.purchase();
    const amountMinor = this.restOf(order);
    if (amountMinor === 0) return 'nothing_left';
    this.disputes.push(this.world.sandbox.disputeOpened(order.paymentId, { amountMinor }).id);
    return 'opened';
  }

  /** What the provider has of a payment and is not asked to give back. */
  private restOf({ paymentId }: KnownOrder): number {
    const { payments, refunds } = this.world.sandbox.providers;
    return refunds
      .ofPayment(paymentId)
      .filter(({ status }) => status !== 'failed')
      .reduce((rest, { amountMinor }) => rest - amountMinor, payments.get(paymentId).amountReceivedMinor);
  }

  private decideDispute(id: string): string {
    const isWon = this.random.isTrue(0.5);
    if (isWon) this.world.sandbox.disputeWon(id);
    else this.world.sandbox.disputeLost(id);
    return isWon ? 'won' : 'lost';
  }

  private async isCompleted(order: KnownOrder): Promise<boolean> {
    const reply = await this.world.client.get(`/marketplace/orders/${order.id}`, order.buyer.token);
    const { status } = reply.data as unknown as { status?: string };
    return status !== undefined && status !== 'pending' && status !== 'refund_pending';
  }
}

interface OrderAnswer {
  order: { id: string };
  payment: { payment_id: string };
}

const refusalOf = ({ status, code }: Reply): string => `refused_${String(status)}_${code ?? ''}`;

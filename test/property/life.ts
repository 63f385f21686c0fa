import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Response } from 'supertest';
import type { RefundRow } from '../../tools/psp-sandbox/index.js';
import { api } from '../support/index.js';
import type {
  CallTarget,
  CallTrouble,
  Command,
  PaymentEnd,
  Plan,
  PlannedOrder,
  RefundShare,
  Verdict,
} from './plan.js';
import { drain, passTime } from './settle.js';
import { shuffled } from './shuffle.js';
import type { Shop } from './shop.js';

const PATHS: Record<CallTarget, { method: string; path: string }> = {
  payment: { method: 'POST', path: '^/payments$' },
  refund: { method: 'POST', path: '^/refunds$' },
  transfer: { method: 'POST', path: '^/v1/transfers$' },
  reversal: { method: 'POST', path: '/reversals$' },
  lookup: { method: 'GET', path: '' },
};
const DELAY_MS = 900;
const TRIES = 5;

interface OrderRow {
  id: string;
  buyer_id: string;
  status: string;
  psp_payment_id: string | null;
  total_amount: string;
  refunded_amount: string;
}

/** Plays a plan against the shop. Nothing that is refused is an error: refusing is the application's right. */
export class Life {
  /** Answers that no caller should ever get. */
  readonly badAnswers: string[] = [];
  private readonly contradicted = new Set<string>();
  /** Products of each planned order, which find it again when its answer was lost. */
  private products: string[][] = [];

  constructor(
    private readonly shop: Shop,
    private readonly plan: Plan,
  ) {}

  /**
   * Places and pays the orders, then takes the steps one after the other, the commands of a step side by side.
   * @param onStep called after each step
   */
  async live(onStep: () => Promise<void>): Promise<void> {
    await this.stockUp();
    await Promise.all(this.plan.orders.map((order, index) => this.place(order, index)));
    await Promise.all(this.plan.orders.map((order, index) => this.pay(index, order.payment)));
    await drain(this.shop);
    for (const [index, step] of this.plan.steps.entries()) {
      await Promise.all(step.map((command) => this.carryOut(command)));
      if (index % 2 === 1) await drain(this.shop);
      await onStep();
    }
  }

  /** Delivers the whole inbox again, in the order that the seed says. */
  async replayInbox(seed: number): Promise<void> {
    const rows = await this.shop.world.test.sql<{ id: string }>(
      `SELECT id FROM webhook_events WHERE status <> 'rejected' ORDER BY received_at, event_id`,
    );
    for (const { id } of shuffled(rows, seed)) {
      await this.ask(`/admin/webhook-events/${id}/replay`, this.shop.admin.auth, {
        reason: 'a test replays it',
      });
    }
  }

  private async stockUp(): Promise<void> {
    this.products = await Promise.all(
      this.plan.orders.map(({ items }) =>
        Promise.all(items.map(({ seller, priceMinor }) => this.shop.product(seller, priceMinor))),
      ),
    );
  }

  private async carryOut(command: Command): Promise<void> {
    const { sandbox } = this.shop.world;
    switch (command.kind) {
      case 'pay':
        return this.pay(command.order, command.end);
      case 'refund':
        await this.refund(command.order, command.share);
        return this.decideInTurn(command.order, command.verdicts);
      case 'dashboardRefund':
        await this.refundInDashboard(command.order, command.permille);
        return this.decideInTurn(command.order, command.verdicts);
      case 'decide':
        return this.decide(command.order, command.verdict);
      case 'dispute':
        return this.dispute(command.order, command.permille, command.end);
      case 'account':
        return this.changeAccount(command.seller, command.state);
      case 'callTrouble':
        sandbox.orderFault(faultOf(command.target, command.trouble));
        return;
      case 'shortBalance':
        sandbox.updateSettings({ platformBalanceMinor: command.isShort ? { eur: 500 } : null });
        return;
      case 'webhookTrouble':
        sandbox.orderFault({
          webhook: command.trouble,
          match: { type: `^${command.about}` },
          delayMs: 50,
        });
        return;
      case 'resend': {
        const events = sandbox.events();
        const event = events[command.event % Math.max(events.length, 1)];
        if (event !== undefined) sandbox.resendWebhook(event.id);
        return;
      }
      case 'retry':
        return this.retryTransfers(command.order);
      case 'passTime':
        return this.unlessOutage(() => passTime(this.shop, command.minutes * 60_000));
      case 'outage':
        if (command.moment === 'now') return this.shop.takeDatabaseAway();
        {
          this.shop.takeDatabaseAwayAtNextCall(command.moment);
          return;
        }
      case 'replay':
        return this.replayInbox(command.seed);
    }
  }

  /** Orders as a client does: the same key until there is a definite answer. */
  private async place({ buyer }: PlannedOrder, index: number): Promise<void> {
    const key = randomUUID();
    const items = this.products[index]!.map((product_id) => ({ product_id }));
    await this.untilDefinite(() =>
      this.ask(
        '/marketplace/orders',
        { ...this.shop.buyers[buyer]!.auth, 'Idempotency-Key': key },
        { items },
      ),
    );
  }

  private async pay(index: number, end: PaymentEnd): Promise<void> {
    const order = await this.orderOf(index);
    const paymentId = order?.psp_payment_id;
    if (paymentId == null) return;
    const { sandbox } = this.shop.world;
    if (end === 'fail' || end === 'failThenSucceed') ifAllowed(() => sandbox.failPayment(paymentId));
    if (end === 'expire' || end === 'expireThenSucceed') ifAllowed(() => sandbox.expirePayment(paymentId));
    // Two states of a payment are never of the same millisecond.
    await pause(2);
    if (end === 'succeed' || end.endsWith('ThenSucceed')) ifAllowed(() => sandbox.succeedPayment(paymentId));
    if (end === 'succeedWithOtherSum') {
      ifAllowed(() => sandbox.succeedPayment(paymentId, { amountMinor: Number(order?.total_amount) + 1 }));
    }
  }

  private async refund(index: number, share: RefundShare): Promise<void> {
    const order = await this.orderOf(index);
    if (order === null) return;
    const buyer = this.shop.buyers.find(({ id }) => id === order.buyer_id)!;
    const body = await this.bodyOf(order, share);
    const key = randomUUID();
    await this.untilDefinite(() =>
      this.ask(`/marketplace/orders/${order.id}/refund`, { ...buyer.auth, 'Idempotency-Key': key }, body),
    );
  }

  private async bodyOf(order: OrderRow, share: RefundShare): Promise<object> {
    const reason = 'I changed my mind';
    if (share.kind === 'full') return { reason };
    if (share.kind === 'part') {
      const leftMinor = Number(order.total_amount) - Number(order.refunded_amount);
      return { reason, amount: Math.max(1, Math.floor((leftMinor * share.permille) / 1_000)) };
    }
    const rows = await this.shop.world.test.sql<{ id: string }>(
      'SELECT id FROM order_items WHERE order_id = $1 ORDER BY id',
      [order.id],
    );
    const chosen = rows.filter((_, place) => (share.mask & (1 << place)) !== 0);
    return { reason, items: (chosen.length === 0 ? rows : chosen).map(({ id }) => ({ order_item_id: id })) };
  }

  private async refundInDashboard(index: number, permille: number): Promise<void> {
    const order = await this.orderOf(index);
    const { sandbox } = this.shop.world;
    const payment = sandbox.books().payments.find(({ id }) => id === order?.psp_payment_id);
    if (payment === undefined || payment.amountReceivedMinor === 0) return;
    const leftMinor = payment.amountReceivedMinor - this.promisedMinor(payment.id);
    const amountMinor = Math.ceil((leftMinor * permille) / 1_000);
    if (amountMinor > 0) ifAllowed(() => sandbox.refundInDashboard(payment.id, amountMinor));
  }

  /** One dispute per order: banks take one. */
  private async dispute(
    index: number,
    permille: number,
    end: 'won' | 'lost' | 'cancelled' | null,
  ): Promise<void> {
    const order = await this.orderOf(index);
    const { sandbox } = this.shop.world;
    const { payments, disputes } = sandbox.books();
    const payment = payments.find(({ id }) => id === order?.psp_payment_id);
    if (payment?.status !== 'succeeded') return;
    if (disputes.some(({ paymentId }) => paymentId === payment.id)) return;
    const amountMinor = Math.ceil((payment.amountReceivedMinor * permille) / 1_000);
    const { id } = sandbox.disputeOpened(payment.id, { amountMinor });
    // Two states of a dispute are never of the same millisecond.
    await pause(2);
    if (end !== null) sandbox.disputeMoved(id, `dispute_${end}`);
  }

  /** What the provider has promised to give back of a payment, in minor units. */
  private promisedMinor(paymentId: string): number {
    return this.shop.world.sandbox
      .books()
      .refunds.filter((refund) => refund.paymentId === paymentId && refund.status !== 'failed')
      .reduce((sum, refund) => sum + refund.amountMinor, 0);
  }

  private async decideInTurn(index: number, verdicts: readonly Verdict[]): Promise<void> {
    if (verdicts.length > 0) await drainWebhooksOf(this.shop);
    for (const verdict of verdicts) {
      await this.decide(index, verdict);
      // Two states of a refund are never of the same millisecond.
      await pause(2);
    }
  }

  /** The bank decides on the newest refund of an order, and changes its mind at most once (08 3.1). */
  private async decide(index: number, verdict: Verdict): Promise<void> {
    const order = await this.orderOf(index);
    const { sandbox } = this.shop.world;
    const { refunds, payments } = sandbox.books();
    const refund = refunds.findLast((row) => row.paymentId === order?.psp_payment_id);
    if (refund === undefined) return;
    const isOpen = refund.status === 'pending' || refund.status === 'review';
    if (isOpen && verdict === 'succeed') sandbox.succeedRefund(refund.id);
    if (isOpen && verdict === 'fail') sandbox.failRefund(refund.id);
    if (isOpen && verdict === 'review') sandbox.reviewRefund(refund.id);
    // What another sum means for a refund that nobody here knows of cannot be told.
    if (isOpen && verdict === 'otherSum' && refund.origin === 'api') await this.reportOtherSum(refund);
    if (this.contradicted.has(refund.id)) return;
    const payment = payments.find(({ id }) => id === refund.paymentId)!;
    const fits = this.promisedMinor(payment.id) + refund.amountMinor <= payment.amountReceivedMinor;
    if (refund.status === 'succeeded' && verdict === 'takeBack') {
      this.contradicted.add(refund.id);
      sandbox.failRefund(refund.id);
    }
    if (refund.status === 'failed' && verdict === 'insist' && fits) {
      this.contradicted.add(refund.id);
      sandbox.succeedRefund(refund.id);
    }
  }

  private async reportOtherSum({ id, paymentId, amountMinor }: RefundRow): Promise<void> {
    await this.deliver('refund_succeeded', 'refund_details', {
      payment_id: paymentId,
      refund_id: id,
      currency: 'EUR',
      status: 'succeeded',
      amount: amountMinor + 1,
    });
  }

  private async deliver(type: string, contentType: string, object: object): Promise<void> {
    await this.shop.world
      .deliver({ event_type: type, content: { type: contentType, object } })
      .catch(() => undefined);
  }

  private async changeAccount(index: number, state: 'ready' | 'restricted' | 'paidOut'): Promise<void> {
    const { stripeAccountId } = this.shop.sellers[index]!;
    const { sandbox } = this.shop.world;
    if (state === 'ready') sandbox.readyAccount(stripeAccountId);
    if (state === 'restricted') sandbox.restrictAccount(stripeAccountId);
    if (state === 'paidOut') sandbox.payOutAccount(stripeAccountId);
    return Promise.resolve();
  }

  private async retryTransfers(index: number): Promise<void> {
    const order = await this.orderOf(index);
    if (order === null) return;
    for (const { id } of await this.shop.world.transfers(order.id)) {
      await this.ask(`/admin/transfers/${id}/retry`, this.shop.admin.auth, { reason: 'a test asks for it' });
    }
  }

  private async orderOf(index: number): Promise<OrderRow | null> {
    const [product] = this.products[index % this.products.length] ?? [];
    const rows = await this.shop.world.test.sql<OrderRow>(
      `SELECT o.* FROM orders o JOIN order_items i ON i.order_id = o.id WHERE i.product_id = $1`,
      [product],
    );
    return rows[0] ?? null;
  }

  /** A caller that knows nothing certain asks again with the same key. */
  private async untilDefinite(ask: () => Promise<Response | null>): Promise<void> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const answer = await ask();
      const code = (answer?.body as { error?: { code?: string } } | undefined)?.error?.code;
      if (answer !== null && answer.status < 500 && code !== 'IDEMPOTENCY_IN_FLIGHT') return;
      await pause(100);
    }
  }

  private async ask(path: string, headers: Record<string, string>, body: object): Promise<Response | null> {
    const answer = await this.shop.world.test.http
      .post(api(path))
      .set(headers)
      .send(body)
      .then(
        (response) => response,
        () => null,
      );
    if (answer !== null && answer.status >= 500 && answer.status !== 503 && !this.shop.hadOutage) {
      this.badAnswers.push(`POST ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    }
    return answer;
  }

  private async unlessOutage(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.shop.hadOutage) throw error;
    }
  }
}

/** The bank refuses what its own state does not allow. */
function ifAllowed(word: () => unknown): void {
  try {
    word();
  } catch (error) {
    if (!(error instanceof Error) || !('status' in error)) throw error;
  }
}

/** The submission of a refund is on its way; what is told of it before is told of nothing. */
async function drainWebhooksOf(shop: Shop): Promise<void> {
  await drain(shop).catch((error: unknown) => {
    if (!shop.hadOutage) throw error;
  });
}

function faultOf(
  target: CallTarget,
  trouble: CallTrouble,
): Parameters<Shop['world']['sandbox']['orderFault']>[0] {
  const match = PATHS[target];
  const isStored = trouble === 'stored_status';
  // stripe-node repeats a dropped call once by itself (08 2.1).
  const times = trouble.startsWith('drop') && (target === 'transfer' || target === 'reversal') ? 2 : 1;
  return {
    fault: isStored ? 'status' : trouble,
    match,
    times,
    delayMs: DELAY_MS,
    ...(isStored ? { store: true } : {}),
  };
}

import { createHmac, randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { LedgerService } from '../../../../src/core/marketplace/ledger/index.js';
import { TransferRetryJob } from '../../../../src/core/marketplace/payouts/jobs/transfer-retry.job.js';
import { RefundSweepJob } from '../../../../src/core/marketplace/refunds/jobs/refund-sweep.job.js';
import type { RefundRow, ReversalRow, TransferRow } from './money-rows.js';
import { checkInvariants, compareBooks } from './money-books.js';
import { createSandbox, type Sandbox } from '../../../../tools/psp-sandbox/index.js';
import { type Actor, api, createTestApp, newActor, type TestApp, waitFor } from '../../../support/index.js';

const SECRETS = {
  apiKey: 'sandbox-api-key',
  hyperswitchWebhookSecret: 'sandbox-hyperswitch-secret',
  stripeSecretKey: 'sk_test_sandbox',
  stripeWebhookSecret: 'whsec_sandbox_platform',
  stripeConnectWebhookSecret: 'whsec_sandbox_connect',
};

const envOf = (sandbox: Sandbox): Record<string, string> => ({
  HYPERSWITCH_URL: sandbox.hyperswitchUrl,
  HYPERSWITCH_API_KEY: SECRETS.apiKey,
  HYPERSWITCH_WEBHOOK_SECRET: SECRETS.hyperswitchWebhookSecret,
  STRIPE_SECRET_KEY: SECRETS.stripeSecretKey,
  STRIPE_API_URL: sandbox.stripeUrl,
  STRIPE_WEBHOOK_SECRET: SECRETS.stripeWebhookSecret,
  STRIPE_CONNECT_WEBHOOK_SECRET: SECRETS.stripeConnectWebhookSecret,
  PSP_TIMEOUT: '1s',
  DB_POOL_MAX: '20',
  OUTBOX_POLL_INTERVAL: '100ms',
  JOBS_ENABLED: 'false',
});

/** A creator with an account at the payout provider. */
export interface Seller extends Actor {
  stripeAccountId: string;
}

/** How a paid order is made; `transfers` is the state to wait for, null waits for none. */
export interface PaidOrderOptions {
  priceMinor?: number;
  transfers?: string | null;
  buyer?: Actor;
}

/** A paid order with what it sold; amounts in minor units. */
export interface PaidOrder {
  id: string;
  paymentId: string;
  buyer: Actor;
  totalMinor: number;
}

/** The application and the sandbox wired to each other, as production is to its providers. */
export class MoneyWorld {
  private constructor(
    readonly test: TestApp,
    readonly sandbox: Sandbox,
  ) {}

  static async create(env: Record<string, string> = {}): Promise<MoneyWorld> {
    const sandbox = await createSandbox({ ...SECRETS, webhookBackoffMs: [50, 100, 200] });
    const test = await createTestApp({ listen: true, env: { ...envOf(sandbox), ...env } }).catch(
      async (error: unknown) => {
        await sandbox.close();
        throw error;
      },
    );
    sandbox.setWebhookUrls({
      hyperswitch: `${test.url}${api('/webhooks/hyperswitch')}`,
      stripe: `${test.url}${api('/webhooks/stripe')}`,
    });
    return new MoneyWorld(test, sandbox);
  }

  /** A second process on the same database and the same sandbox; webhooks still go to the first. */
  static async createOn(first: MoneyWorld, env: Record<string, string> = {}): Promise<MoneyWorld> {
    const test = await createTestApp({
      listen: true,
      database: first.test.database,
      env: { ...envOf(first.sandbox), ...env },
    });
    return new MoneyWorld(test, first.sandbox);
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    await this.test.close();
  }

  /** Between two tests: no fault, no held call, the machine's time. */
  calm(): void {
    this.sandbox.clearFaults();
    this.sandbox.releaseHolds();
    this.sandbox.updateSettings({ platformBalanceMinor: null });
    this.test.clock.reset();
  }

  buyer(): Promise<Actor> {
    return newActor(this.test);
  }

  admin(): Promise<Actor> {
    return newActor(this.test, { role: 'admin' });
  }

  /** A creator who can be paid, unless `isReady` says otherwise. */
  async seller({ isReady = true } = {}): Promise<Seller> {
    const actor = await newActor(this.test, { role: 'creator' });
    await this.test.http.post(api('/marketplace/seller/connect/onboard')).set(actor.auth).expect(200);
    const [account] = await this.test.sql<{ stripe_account_id: string }>(
      'SELECT stripe_account_id FROM connect_accounts WHERE user_id = $1',
      [actor.id],
    );
    const stripeAccountId = account!.stripe_account_id;
    if (isReady) await this.makeReady(actor.id, stripeAccountId);
    return { ...actor, stripeAccountId };
  }

  /** The provider says that the account can be paid; waits until the application has heard of it. */
  async makeReady(userId: string, stripeAccountId: string): Promise<void> {
    this.sandbox.readyAccount(stripeAccountId);
    await waitFor(
      async () =>
        (
          await this.test.sql('SELECT 1 FROM connect_accounts WHERE user_id = $1 AND transfers_enabled', [
            userId,
          ])
        ).length,
      { what: 'a ready account' },
    );
  }

  /** A service, which needs no track and can be bought again and again. */
  async product(seller: Actor, priceMinor: number, currency = 'EUR'): Promise<string> {
    const response = await this.test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send({ title: 'Mixing', product_type: 'service', price: priceMinor, currency, license_type: 'basic' })
      .expect(201);
    return (response.body as { data: { id: string } }).data.id;
  }

  /** An order that waits for its payment. */
  async placeOrder(buyer: Actor, productIds: string[]): Promise<PaidOrder> {
    const response = await this.test.http
      .post(api('/marketplace/orders'))
      .set(buyer.auth)
      .send({ items: productIds.map((product_id) => ({ product_id })) })
      .expect(201);
    const { order, payment } = (
      response.body as {
        data: { order: { id: string; total_amount: number }; payment: { payment_id: string } | null };
      }
    ).data;
    return { id: order.id, paymentId: payment?.payment_id ?? '', buyer, totalMinor: order.total_amount };
  }

  /** Pays an order and waits until the webhook has completed it. */
  async pay(order: PaidOrder): Promise<PaidOrder> {
    this.sandbox.succeedPayment(order.paymentId);
    await this.orderIs(order.id, 'completed');
    return order;
  }

  /** A paid order of one item per seller; by default its transfers have been sent as well. */
  async paidOrder(
    sellers: Actor[],
    { priceMinor = 2500, transfers = 'completed', buyer }: PaidOrderOptions = {},
  ): Promise<PaidOrder> {
    const products: string[] = [];
    for (const seller of sellers) products.push(await this.product(seller, priceMinor));
    const order = await this.pay(await this.placeOrder(buyer ?? (await this.buyer()), products));
    if (transfers !== null) await this.transfersAre(order.id, transfers, sellers.length);
    return order;
  }

  requestRefund(
    orderId: string,
    actor: Actor,
    body: object = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.test.http
      .post(api(`/marketplace/orders/${orderId}/refund`))
      .set({ ...actor.auth, ...headers })
      .send(body)
      .then((response) => response);
  }

  /** Posts a delivery of our own making, signed as Hyperswitch signs. */
  deliver(payload: object, { signature = '' } = {}): Promise<Response> {
    const body = JSON.stringify({ event_id: `evt_${randomUUID()}`, ...payload });
    const signed = createHmac('sha512', SECRETS.hyperswitchWebhookSecret).update(body).digest('hex');
    return this.test.http
      .post(api('/webhooks/hyperswitch'))
      .set({ 'Content-Type': 'application/json', 'x-webhook-signature-512': signature || signed })
      .send(body)
      .then((response) => response);
  }

  /** A refund event in Hyperswitch's own envelope. */
  refundEvent(refund: RefundRow, order: PaidOrder, status: string, over: object = {}): object {
    return {
      merchant_id: 'merchant_1',
      event_type: `refund_${status}`,
      content: {
        type: 'refund_details',
        object: {
          refund_id: refund.psp_refund_id,
          payment_id: order.paymentId,
          amount: Number(refund.amount),
          currency: 'EUR',
          status,
          ...over,
        },
      },
    };
  }

  /** The inbox rows about a provider's object. */
  async inbox(objectId: string): Promise<{ status: string }[]> {
    return this.test.sql('SELECT status FROM webhook_events WHERE object_id = $1 ORDER BY received_at, id', [
      objectId,
    ]);
  }

  /** A refund that the provider has acknowledged and not decided. */
  async openRefund(order: PaidOrder, body: object = {}): Promise<RefundRow> {
    const response = await this.requestRefund(order.id, order.buyer, body);
    expect(response.status).toBe(202);
    return waitFor(
      async () => {
        const refund = await this.refund(order.id);
        return refund.psp_ack_at === null ? null : refund;
      },
      { what: 'an acknowledged refund' },
    );
  }

  /** The whole way back. */
  async refunded(order: PaidOrder): Promise<RefundRow> {
    const refund = await this.openRefund(order);
    this.sandbox.succeedRefund(refund.psp_refund_id);
    await this.orderIs(order.id, 'refunded');
    return this.refund(order.id);
  }

  async refunds(orderId: string): Promise<RefundRow[]> {
    return this.test.sql<RefundRow>('SELECT * FROM refunds WHERE order_id = $1 ORDER BY created_at, id', [
      orderId,
    ]);
  }

  /** The newest refund of an order. */
  async refund(orderId: string): Promise<RefundRow> {
    return (await this.refunds(orderId)).at(-1)!;
  }

  async transfers(orderId: string): Promise<TransferRow[]> {
    return this.test.sql<TransferRow>('SELECT * FROM seller_transfers WHERE order_id = $1 ORDER BY id', [
      orderId,
    ]);
  }

  /** The only transfer of an order. */
  async transfer(orderId: string): Promise<TransferRow> {
    const rows = await this.transfers(orderId);
    expect(rows).toHaveLength(1);
    return rows[0]!;
  }

  async reversals(orderId: string): Promise<ReversalRow[]> {
    return this.test.sql<ReversalRow>(
      `SELECT r.* FROM transfer_reversals r JOIN seller_transfers t ON t.id = r.transfer_id
        WHERE t.order_id = $1 ORDER BY r.created_at`,
      [orderId],
    );
  }

  async order(orderId: string): Promise<{ status: string; refunded_amount: string }> {
    return (
      await this.test.sql<{ status: string; refunded_amount: string }>('SELECT * FROM orders WHERE id = $1', [
        orderId,
      ])
    )[0]!;
  }

  async orderIs(orderId: string, status: string): Promise<void> {
    await waitFor(async () => (await this.order(orderId)).status === status, { what: `a ${status} order` });
  }

  async transfersAre(orderId: string, status: string, count = 1): Promise<TransferRow[]> {
    return waitFor(
      async () => {
        const rows = await this.transfers(orderId);
        return rows.length === count && rows.every((row) => row.status === status) ? rows : null;
      },
      { what: `${String(count)} ${status} transfers` },
    );
  }

  async licenses(orderId: string): Promise<string[]> {
    const rows = await this.test.sql<{ status: string }>('SELECT status FROM licenses WHERE order_id = $1', [
      orderId,
    ]);
    return rows.map((row) => row.status);
  }

  /** What a seller is owed, signed, in minor units. */
  async payable(sellerId: string, currency = 'EUR'): Promise<number> {
    const balances = await this.test.app.get(LedgerService, { strict: false }).sellerBalances(sellerId);
    return balances.find((balance) => balance.currency === currency)?.payableMinor ?? 0;
  }

  async exceptions(kind: string, orderId: string): Promise<number> {
    const rows = await this.test.sql('SELECT 1 FROM payment_exceptions WHERE kind = $1 AND order_id = $2', [
      kind,
      orderId,
    ]);
    return rows.length;
  }

  /** One run of the transfer retry job, now. */
  runRetryJob(): Promise<Record<string, number>> {
    const job = this.test.app.get(TransferRetryJob, { strict: false });
    return job.run({ signal: new AbortController().signal });
  }

  /** One run of the refund sweep, now. */
  runRefundSweep(): Promise<Record<string, number>> {
    const job = this.test.app.get(RefundSweepJob, { strict: false });
    return job.run({ signal: new AbortController().signal });
  }

  /** Waits until nothing is left to deliver, apart from what is postponed. */
  async quiet(): Promise<void> {
    await this.sandbox.whenWebhooksAreQuiet();
    await waitFor(
      async () => {
        const [row] = await this.test.sql<{ open: string }>(
          `SELECT count(*) AS open FROM outbox_deliveries
            WHERE done_at IS NULL AND dead_at IS NULL AND (due_at <= now() OR lease_until IS NOT NULL)`,
        );
        return row!.open === '0';
      },
      { what: 'a quiet outbox' },
    );
  }

  /** See {@link compareBooks}. */
  expectBooksToAgree(): Promise<void> {
    return compareBooks(this);
  }

  /** See {@link checkInvariants}. */
  expectInvariants(): Promise<void> {
    return checkInvariants(this);
  }
}

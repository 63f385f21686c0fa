import { randomUUID } from 'node:crypto';
import { PaymentBooks, PaymentProvider } from '../../src/core/marketplace/payments/index.js';
import { PayoutBooks, PayoutProvider } from '../../src/core/marketplace/payouts/index.js';
import { createSandbox, type Sandbox } from '../../tools/psp-sandbox/index.js';
import { paymentIdOf, refundIdOf, TEST_KEYS } from '../../tools/psp-sandbox/spec-support.js';
import { api, createTestApp, newActor, type Actor, type TestApp, waitFor } from '../support/index.js';
import { describeWhen } from '../support/skips.js';
import { hasContracts, NO_CONTRACTS, startPrism, type Prism } from './prism.js';

jest.setTimeout(90_000);

/**
 * Application -> Prism -> sandbox: what the product sends and what it is answered are judged by the providers' own
 * documents. A request that breaks its document is a 422 of Prism, an answer a 500: neither is what is expected here.
 * Where Hyperswitch's server sends what its document cannot say (tools/psp-sandbox/settings.ts), this suite follows the
 * document; the product's end-to-end suites meet the server's dialect without Prism.
 */
describeWhen(hasContracts, NO_CONTRACTS, "the product against the providers' OpenAPI documents", () => {
  let sandbox: Sandbox;
  let hyperswitch: Prism;
  let stripe: Prism;
  let test: TestApp;
  let payments: PaymentProvider;
  let payouts: PayoutProvider;

  beforeAll(async () => {
    sandbox = await createSandbox({ ...TEST_KEYS, webhookBackoffMs: [50, 100, 200] });
    [hyperswitch, stripe] = await Promise.all([
      startPrism('hyperswitch-v1.openapi.json', sandbox.hyperswitchUrl),
      startPrism('stripe-connect.openapi.json', sandbox.stripeUrl),
    ]);
    test = await createTestApp({
      listen: true,
      env: {
        HYPERSWITCH_URL: hyperswitch.url,
        HYPERSWITCH_API_KEY: TEST_KEYS.apiKey,
        HYPERSWITCH_WEBHOOK_SECRET: TEST_KEYS.hyperswitchWebhookSecret,
        STRIPE_API_URL: stripe.url,
        STRIPE_SECRET_KEY: TEST_KEYS.stripeSecretKey,
        STRIPE_WEBHOOK_SECRET: TEST_KEYS.stripeWebhookSecret,
        STRIPE_CONNECT_WEBHOOK_SECRET: TEST_KEYS.stripeConnectWebhookSecret,
        OUTBOX_POLL_INTERVAL: '100ms',
      },
    });
    sandbox.setWebhookUrls({
      hyperswitch: `${test.url}${api('/webhooks/hyperswitch')}`,
      stripe: `${test.url}${api('/webhooks/stripe')}`,
    });
    payments = test.app.get(PaymentProvider, { strict: false });
    payouts = test.app.get(PayoutProvider, { strict: false });
  }, 120_000);

  afterAll(async () => {
    await test.close();
    await Promise.all([hyperswitch.close(), stripe.close()]);
    await sandbox.close();
  });

  const newPayment = (paymentId: string): Parameters<PaymentProvider['createPayment']>[0] => ({
    paymentId,
    amountMinor: 2500,
    currency: 'EUR',
    orderId: randomUUID(),
    customerId: randomUUID(),
    description: 'Night Drive',
  });
  const newRefund = (refundId: string, paymentId: string, amountMinor = 1000) => ({
    refundId,
    paymentId,
    amountMinor,
    orderId: randomUUID(),
  });
  const paid = async (tail: string): Promise<string> => {
    const paymentId = paymentIdOf(tail);
    await payments.createPayment(newPayment(paymentId));
    sandbox.succeedPayment(paymentId);
    return paymentId;
  };
  const refusal = (code: string): object => ({ name: 'ProviderRefusal', code });

  describe('canaries: a bad request never reaches the sandbox', () => {
    it('at Hyperswitch', async () => {
      const before = sandbox.requests().length;
      const bad = { ...newPayment(paymentIdOf('k1')), currency: 'GOLD' };
      await expect(payments.createPayment(bad)).rejects.toThrow();
      const raw = await fetch(`${hyperswitch.url}/refunds`, {
        method: 'POST',
        headers: { 'api-key': TEST_KEYS.apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ payment_id: 'short', colour: 'red' }),
      });
      expect([raw.status, sandbox.requests().length]).toEqual([422, before]);
    });

    it('at Stripe', async () => {
      const before = sandbox.requests().length;
      const bad = {
        transferId: randomUUID(),
        orderId: randomUUID(),
        destination: 'acct_1',
        amountMinor: 1.5,
        currency: 'EUR',
        attemptEpoch: 0,
        idempotencyKey: randomUUID(),
      };
      await expect(payouts.createTransfer(bad)).rejects.toThrow();
      expect(sandbox.requests()).toHaveLength(before);
    });
  });

  describe('payments', () => {
    it('are opened once, found, and told from those that never arrived', async () => {
      const request = newPayment(paymentIdOf('p1'));
      const opened = await payments.createPayment(request);
      expect(opened).toMatchObject({ paymentId: request.paymentId, amountMinor: 2500, currency: 'EUR' });
      expect(await payments.createPayment(request)).toMatchObject({ paymentId: request.paymentId });
      expect(sandbox.books().payments.filter(({ id }) => id === request.paymentId)).toHaveLength(1);
      sandbox.succeedPayment(request.paymentId);
      expect(await payments.findPayment(request.paymentId)).toMatchObject({
        status: 'succeeded',
        amountReceivedMinor: 2500,
      });
      expect(await payments.findPayment(paymentIdOf('p9'))).toBeNull();
    });

    it('are cancelled while nobody has paid', async () => {
      const open = paymentIdOf('p2');
      await payments.createPayment(newPayment(open));
      expect(await payments.cancelPayment(open)).toMatchObject({ status: 'cancelled' });
      expect(await payments.cancelPayment(await paid('p3'))).toMatchObject({ status: 'succeeded' });
      expect(await payments.cancelPayment(paymentIdOf('p8'))).toBeNull();
    });
  });

  describe('refunds', () => {
    it('are opened once, found in every state, and listed with those of the dashboard', async () => {
      const paymentId = await paid('r1');
      const request = newRefund(refundIdOf('r1'), paymentId);
      expect(await payments.createRefund(request)).toMatchObject({ status: 'pending', amountMinor: 1000 });
      expect(await payments.createRefund(request)).toMatchObject({ refundId: request.refundId });
      sandbox.reviewRefund(request.refundId);
      expect(await payments.findRefund(request.refundId)).toMatchObject({ status: 'review' });
      sandbox.failRefund(request.refundId);
      expect(await payments.findRefund(request.refundId)).toMatchObject({ status: 'failed' });
      sandbox.succeedRefund(request.refundId);
      expect(await payments.findRefund(request.refundId)).toMatchObject({ status: 'succeeded' });
      expect(await payments.findRefund(refundIdOf('r9'))).toBeNull();
      const own = sandbox.refundInDashboard(paymentId, 500);
      const listed = await payments.listRefunds(paymentId);
      expect(listed.map(({ refundId }) => refundId).sort()).toEqual([request.refundId, own.id].sort());
    });

    it('are refused for good beyond the captured sum and before the payment', async () => {
      const paymentId = await paid('r2');
      await expect(payments.createRefund(newRefund(refundIdOf('r2'), paymentId, 2501))).rejects.toMatchObject(
        refusal('IR_13'),
      );
      const unpaid = paymentIdOf('r3');
      await payments.createPayment(newPayment(unpaid));
      await expect(payments.createRefund(newRefund(refundIdOf('r3'), unpaid))).rejects.toMatchObject(
        refusal('IR_14'),
      );
    });
  });

  describe('accounts, transfers and reversals', () => {
    const readyAccount = async (): Promise<string> => {
      const userId = randomUUID();
      return sandbox.readyAccount((await payouts.createAccount(userId, `acct:${userId}:0`)).accountId).id;
    };
    const newTransfer = (destination: string): Parameters<PayoutProvider['createTransfer']>[0] => ({
      transferId: randomUUID(),
      orderId: randomUUID(),
      destination,
      amountMinor: 1800,
      currency: 'EUR',
      attemptEpoch: 0,
      idempotencyKey: randomUUID(),
    });
    const newReversal = (stripeTransferId: string, amountMinor: number) => ({
      reversalId: randomUUID(),
      stripeTransferId,
      amountMinor,
      cause: { kind: 'refund' as const, id: randomUUID() },
      idempotencyKey: randomUUID(),
    });

    it('accounts are created, read, found again and linked', async () => {
      const userId = randomUUID();
      const since = new Date(Date.now() - 60_000);
      const created = await payouts.createAccount(userId, `acct:${userId}:0`);
      expect(created).toMatchObject({ userId, transfersEnabled: false });
      sandbox.readyAccount(created.accountId);
      expect(await payouts.getAccount(created.accountId)).toMatchObject({ transfersEnabled: true });
      expect((await payouts.findAccounts(new Set([userId]), since)).get(userId)).toMatchObject({
        accountId: created.accountId,
      });
      const urls = { returnUrl: 'https://app.example/return', refreshUrl: 'https://app.example/refresh' };
      expect((await payouts.createAccountLink(created.accountId, urls)).url).toContain('http');
      sandbox.deauthorizeAccount(created.accountId);
      await expect(payouts.getAccount(created.accountId)).rejects.toMatchObject(refusal('account_invalid'));
    });

    it('transfers are created once per key and found by our own id', async () => {
      const request = newTransfer(await readyAccount());
      const id = await payouts.createTransfer(request);
      expect(id).toMatch(/^tr_/);
      expect(await payouts.createTransfer(request)).toBe(id);
      expect(await payouts.findTransfer(request.orderId, request.transferId)).toBe(id);
      expect(await payouts.findTransfer(request.orderId, randomUUID())).toBeNull();
    });

    it('transfers are refused for a missing account, a missing capability and a short balance', async () => {
      const userId = randomUUID();
      const { accountId } = await payouts.createAccount(userId, `acct:${userId}:0`);
      await expect(payouts.createTransfer(newTransfer(accountId))).rejects.toMatchObject(
        refusal('insufficient_capabilities_for_transfer'),
      );
      await expect(payouts.createTransfer(newTransfer('acct_unknown'))).rejects.toMatchObject(
        refusal('resource_missing'),
      );
      sandbox.readyAccount(accountId);
      sandbox.updateSettings({ platformBalanceMinor: { eur: 0 } });
      await expect(payouts.createTransfer(newTransfer(accountId))).rejects.toMatchObject(
        refusal('balance_insufficient'),
      );
      sandbox.updateSettings({ platformBalanceMinor: null });
    });

    it('reversals are made in parts, once per key, found by our own id, and refused when the account is empty', async () => {
      const destination = await readyAccount();
      const transferId = await payouts.createTransfer(newTransfer(destination));
      const part = newReversal(transferId, 500);
      const id = await payouts.createReversal(part);
      expect(id).toMatch(/^trr_/);
      expect(await payouts.createReversal(part)).toBe(id);
      expect(await payouts.findReversal(transferId, part.reversalId)).toBe(id);
      expect(await payouts.findReversal(transferId, randomUUID())).toBeNull();
      await expect(payouts.createReversal(newReversal(transferId, 1301))).rejects.toMatchObject({
        name: 'ProviderRefusal',
      });
      sandbox.payOutAccount(destination);
      await expect(payouts.createReversal(newReversal(transferId, 1300))).rejects.toMatchObject(
        refusal('balance_insufficient'),
      );
    });
  });

  it('both books are listed, looked into and balanced', async () => {
    const all = async <Row>(pages: AsyncIterable<Row[]>): Promise<Row[]> => {
      const rows: Row[] = [];
      for await (const page of pages) rows.push(...page);
      return rows;
    };
    const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 60_000)];
    const { payments: paymentRows, refunds: refundRows, transfers: transferRows } = sandbox.books();
    const paymentBooks = test.app.get(PaymentBooks, { strict: false });
    const payoutBooks = test.app.get(PayoutBooks, { strict: false });
    expect(paymentRows).not.toHaveLength(0);
    expect(await all(paymentBooks.listPayments(from, to))).toHaveLength(paymentRows.length);
    expect(refundRows).not.toHaveLength(0);
    expect(await all(paymentBooks.listRefunds(from, to))).toHaveLength(refundRows.length);
    const listed = await all(payoutBooks.listTransfers(from, to));
    expect(transferRows).not.toHaveLength(0);
    expect(listed.map(({ transferId }) => transferId).sort()).toEqual(
      transferRows.map(({ id }) => id).sort(),
    );
    expect(await payoutBooks.findTransfer(transferRows[0]!.id)).toMatchObject({
      amountMinor: transferRows[0]!.amountMinor,
    });
    expect(await payoutBooks.findTransfer('tr_unknown')).toBeNull();
    expect((await payoutBooks.listBalances()).map(({ currency }) => currency)).toContain('EUR');
  });

  it('a whole sale and its way back pass both documents', async () => {
    const seller = await newActor(test, { role: 'creator' });
    await test.http.post(api('/marketplace/seller/connect/onboard')).set(seller.auth).expect(200);
    const one = async (sql: string, id: string): Promise<Record<string, unknown>> =>
      (await test.sql(sql, [id]))[0] ?? {};
    const account = await one('SELECT stripe_account_id FROM connect_accounts WHERE user_id = $1', seller.id);
    sandbox.readyAccount(String(account['stripe_account_id']));
    await waitFor(
      async () =>
        (await one('SELECT transfers_enabled FROM connect_accounts WHERE user_id = $1', seller.id))[
          'transfers_enabled'
        ],
      { what: 'a ready account' },
    );
    const order = await orderOf(seller, await newActor(test));
    sandbox.succeedPayment(order.paymentId);
    const transferStatus = async (): Promise<unknown> =>
      (await one('SELECT status FROM seller_transfers WHERE order_id = $1', order.id))['status'];
    await waitFor(async () => (await transferStatus()) === 'completed', { what: 'a completed transfer' });
    await test.http
      .post(api(`/marketplace/orders/${order.id}/refund`))
      .set(order.buyer.auth)
      .send({})
      .expect(202);
    const refundId = await waitFor(
      () => sandbox.books().refunds.find(({ paymentId }) => paymentId === order.paymentId)?.id,
      { what: 'a refund at the provider' },
    );
    sandbox.succeedRefund(refundId);
    await waitFor(async () => (await transferStatus()) === 'reversed', { what: 'a reversed transfer' });
    expect(
      sandbox.books().transfers.find(({ transferGroup }) => transferGroup === `order_${order.id}`),
    ).toMatchObject({ amountReversedMinor: 2250 });
  });

  async function orderOf(
    seller: Actor,
    buyer: Actor,
  ): Promise<{ id: string; paymentId: string; buyer: Actor }> {
    const product = await test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send({ title: 'Mixing', product_type: 'service', price: 2500, currency: 'EUR', license_type: 'basic' })
      .expect(201);
    const response = await test.http
      .post(api('/marketplace/orders'))
      .set(buyer.auth)
      .send({ items: [{ product_id: product.body.data.id }] })
      .expect(201);
    const { order, payment } = response.body.data;
    return { id: order.id, paymentId: payment.payment_id, buyer };
  }
});

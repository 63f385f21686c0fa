import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Stripe from 'stripe';
import type { Sandbox } from '../../tools/psp-sandbox/index.js';
import {
  hyperswitch,
  paymentIdOf,
  Receiver,
  refundIdOf,
  startSandbox,
  TEST_KEYS,
  type Reply,
} from '../../tools/psp-sandbox/spec-support.js';
import { describeWhen } from '../support/skips.js';
import { contractsDir, hasContracts, NO_CONTRACTS, startPrism, type Prism } from './prism.js';

jest.setTimeout(60_000);

describeWhen(hasContracts, NO_CONTRACTS, "payment sandbox against Hyperswitch's OpenAPI document", () => {
  let sandbox: Sandbox;
  let prism: Prism;
  beforeAll(async () => {
    sandbox = await startSandbox();
    prism = await startPrism('hyperswitch-v1.openapi.json', sandbox.hyperswitchUrl);
  });
  afterAll(async () => {
    await prism.close();
    await sandbox.close();
  });
  beforeEach(() => {
    sandbox.reset();
  });

  const call = (method: string, path: string, body?: unknown): Promise<Reply> =>
    hyperswitch(prism.url, method, path, body);
  const id = paymentIdOf('aa');
  const order = {
    payment_id: id,
    amount: 2500,
    currency: 'EUR',
    confirm: false,
    metadata: { order_id: 'o-1' },
  };

  it('canary: Prism refuses a bad request itself', async () => {
    const reply = await call('POST', '/refunds', { payment_id: 'short', colour: 'red' });
    expect(reply.status).toBe(422);
    expect(reply.body['type']).toContain('UNPROCESSABLE_ENTITY');
    expect(sandbox.requests()).toEqual([]);
  });

  it.each([
    ['POST', '/payments', { ...order, payment_id: paymentIdOf('ac') }],
    ['GET', `/payments/${id}`, undefined],
    ['GET', '/payments/list', undefined],
    ['POST', '/refunds', { payment_id: id, amount: 100 }],
    ['POST', '/refunds/list', {}],
  ])('canary: Prism refuses an empty answer to %s %s', async (method, path, body) => {
    sandbox.orderFault({ fault: 'status', status: 200, body: {} });
    const reply = await call(method, path, body);
    expect([reply.status, reply.body['type']]).toEqual([500, expect.stringContaining('VIOLATIONS')]);
  });

  it('payments satisfy it in every state', async () => {
    const created = await call('POST', '/payments', {
      ...order,
      capture_method: 'automatic',
      customer_id: 'cus_42',
      return_url: 'https://app.example/ok',
      merchant_order_reference_id: 'o-1',
      payment_link: true,
    });
    expect([created.status, created.body['status']]).toEqual([200, 'requires_payment_method']);
    sandbox.failPayment(id);
    expect((await call('GET', `/payments/${id}?force_sync=true`)).body).toMatchObject({ status: 'failed' });
    sandbox.succeedPayment(id);
    expect((await call('GET', `/payments/${id}`)).body).toMatchObject({
      status: 'succeeded',
      amount_received: 2500,
    });
    const other = { ...order, payment_id: paymentIdOf('ab') };
    await call('POST', '/payments', other);
    expect((await call('POST', `/payments/${other.payment_id}/confirm`, {})).body).toMatchObject({
      status: 'processing',
    });
    expect((await call('POST', `/payments/${other.payment_id}/cancel`, {})).body).toMatchObject({
      status: 'cancelled',
    });
    expect((await call('GET', '/payments/list?limit=5')).status).toBe(200);
  });

  it('a disputed payment satisfies it', async () => {
    await call('POST', '/payments', order);
    sandbox.succeedPayment(id);
    const { id: disputeId } = sandbox.disputeOpened(id, { amountMinor: 900 });
    expect((await call('GET', `/payments/${id}`)).body).toMatchObject({
      disputes: [{ dispute_id: disputeId, amount: '900', dispute_status: 'dispute_opened' }],
    });
    sandbox.disputeWon(disputeId);
    expect((await call('GET', `/payments/${id}`)).body).toMatchObject({
      disputes: [{ dispute_status: 'dispute_won' }],
    });
  });

  it('refunds and their list satisfy it', async () => {
    await call('POST', '/payments', order);
    sandbox.succeedPayment(id);
    const body = {
      payment_id: id,
      refund_id: refundIdOf('aa'),
      amount: 1000,
      reason: 'requested_by_customer',
    };
    const created = await call('POST', '/refunds', {
      ...body,
      refund_type: 'instant',
      metadata: { order_id: 'o-1' },
    });
    expect([created.status, created.body['status']]).toEqual([200, 'pending']);
    for (const decide of [
      () => sandbox.reviewRefund(body.refund_id),
      () => sandbox.failRefund(body.refund_id),
      () => sandbox.succeedRefund(body.refund_id),
    ]) {
      const { status } = decide();
      expect((await call('GET', `/refunds/${body.refund_id}`)).body).toMatchObject({ status });
    }
    const listed = await call('POST', '/refunds/list', {
      payment_id: id,
      limit: 10,
      refund_status: ['succeeded'],
    });
    expect(listed.body).toMatchObject({ count: 1, total_count: 1 });
    expect((await call('GET', `/payments/${id}`)).body).toMatchObject({
      refunds: [{ refund_id: body.refund_id }],
    });
  });

  it('refusals satisfy it and keep the code where the server puts it', async () => {
    await call('POST', '/payments', order);
    const again = await call('POST', '/payments', order);
    expect([again.status, again.body]).toMatchObject([400, { code: 'HE_01', error: { code: 'HE_01' } }]);
    const early = await call('POST', '/refunds', { payment_id: id, amount: 1000 });
    expect([early.status, early.body]).toMatchObject([400, { code: 'IR_14', error: { code: 'IR_14' } }]);
    const missing = await call('GET', `/refunds/${refundIdOf('zz')}`);
    expect([missing.status, missing.body]).toMatchObject([404, { code: 'HE_02' }]);
  });

  it('webhooks have every field of a real delivery', async () => {
    const receiver = await new Receiver().start();
    sandbox.setWebhookUrls({ hyperswitch: receiver.url });
    await call('POST', '/payments', order);
    sandbox.succeedPayment(id);
    await call('POST', '/refunds', { payment_id: id, refund_id: refundIdOf('aa'), amount: 1000 });
    sandbox.succeedRefund(refundIdOf('aa'));
    await sandbox.whenWebhooksAreQuiet();
    await receiver.close();
    const real = JSON.parse(
      readFileSync(join(contractsDir, 'hyperswitch-refund-succeeded.webhook.json'), 'utf8'),
    ) as RefundDelivery;
    const sent = receiver.deliveries
      .map(({ body }) => JSON.parse(body) as RefundDelivery)
      .find(({ event_type: type }) => type === 'refund_succeeded');
    expect(Object.keys(sent ?? {}).sort()).toEqual(Object.keys(real).sort());
    expect(Object.keys(sent?.content.object ?? {}).sort()).toEqual(Object.keys(real.content.object).sort());
    expect(sent?.content.type).toBe(real.content.type);
  });
});

interface RefundDelivery {
  event_type: string;
  content: { type: string; object: Record<string, unknown> };
}

describeWhen(hasContracts, NO_CONTRACTS, "payment sandbox against Stripe's OpenAPI document", () => {
  let sandbox: Sandbox;
  let prism: Prism;
  let stripe: Stripe;
  beforeAll(async () => {
    sandbox = await startSandbox();
    prism = await startPrism('stripe-connect.openapi.json', sandbox.stripeUrl);
    const { hostname, port } = new URL(prism.url);
    stripe = new Stripe(TEST_KEYS.stripeSecretKey, {
      host: hostname,
      port: Number(port),
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
    });
  });
  afterAll(async () => {
    await prism.close();
    await sandbox.close();
  });
  beforeEach(() => {
    sandbox.reset();
  });

  const refusalOf = async (call: Promise<unknown>): Promise<[string, unknown, unknown]> => {
    try {
      await call;
    } catch (error) {
      if (error instanceof Stripe.errors.StripeError)
        return [error.constructor.name, error.statusCode, error.code];
      throw error;
    }
    throw new Error('The call was expected to be refused');
  };

  const newAccount = (): Promise<Stripe.Account> =>
    stripe.accounts.create(
      {
        type: 'express',
        country: 'FR',
        email: 'seller@example.org',
        capabilities: { transfers: { requested: true }, card_payments: { requested: true } },
        metadata: { user_id: 'u-1' },
      },
      { idempotencyKey: 'acct:u-1' },
    );
  const send = (
    destination: string,
    amount = 1800,
    idempotencyKey = 'tr:1:0',
  ): Promise<Stripe.Response<Stripe.Transfer>> =>
    stripe.transfers.create(
      {
        amount,
        currency: 'eur',
        destination,
        transfer_group: 'order_1',
        description: 'Night Drive',
        metadata: { order_id: '1', seller_transfer_id: 't-1', attempt_epoch: '0' },
      },
      { idempotencyKey },
    );
  const readyAccount = async (): Promise<string> => sandbox.readyAccount((await newAccount()).id).id;

  it('canary: Prism refuses a bad request itself', async () => {
    const reply = await fetch(`${prism.url}/v1/transfers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TEST_KEYS.stripeSecretKey}` },
      body: new URLSearchParams({ amount: 'much', colour: 'red' }),
    });
    expect(reply.status).toBe(422);
    expect(sandbox.requests()).toEqual([]);
  });

  it.each([
    ['an empty object', '/v1/balance', 200, {}],
    ['an error of an unknown type', '/v1/balance', 400, { error: { type: 'nonsense' } }],
    ['an account without an id', '/v1/accounts/acct_1', 200, { object: 'account' }],
    ['a transfer without an amount', '/v1/transfers/tr_1', 200, { id: 'tr_1', object: 'transfer' }],
  ])('canary: Prism refuses %s', async (_what, path, status, body) => {
    sandbox.orderFault({ fault: 'status', status, body });
    const authorization = `Bearer ${TEST_KEYS.stripeSecretKey}`;
    const reply = await fetch(prism.url + path, { headers: { authorization } });
    const { type } = (await reply.json()) as { type: string };
    expect([reply.status, type]).toEqual([500, expect.stringContaining('VIOLATIONS')]);
  });

  it('accounts and account links satisfy it in every state', async () => {
    const account = await newAccount();
    expect(account.capabilities).toMatchObject({ transfers: 'inactive' });
    const link = await stripe.accountLinks.create({
      account: account.id,
      type: 'account_onboarding',
      refresh_url: 'https://app.example/refresh',
      return_url: 'https://app.example/return',
    });
    expect((await fetch(link.url, { method: 'POST' })).status).toBe(200);
    expect((await stripe.accounts.retrieve(account.id)).capabilities).toMatchObject({ transfers: 'active' });
    sandbox.restrictAccount(account.id);
    expect((await stripe.accounts.retrieve(account.id)).requirements?.past_due).not.toHaveLength(0);
    expect((await stripe.accounts.list({ limit: 3 })).data).toHaveLength(1);
    expect((await stripe.accounts.createLoginLink(account.id)).url).toContain(account.id);
    sandbox.deauthorizeAccount(account.id);
    expect(await refusalOf(stripe.accounts.retrieve(account.id))).toEqual([
      'StripePermissionError',
      403,
      'account_invalid',
    ]);
  });

  it('transfers, their replay and their lists satisfy it', async () => {
    const destination = await readyAccount();
    const transfer = await send(destination);
    const replay = await send(destination);
    expect([replay.id, replay.lastResponse.headers['idempotent-replayed']]).toEqual([transfer.id, 'true']);
    expect(await refusalOf(send(destination, 1801))).toMatchObject([
      'StripeIdempotencyError',
      400,
      undefined,
    ]);
    expect(await stripe.transfers.retrieve(transfer.id)).toMatchObject({
      amount: 1800,
      metadata: { seller_transfer_id: 't-1' },
    });
    expect((await stripe.transfers.list({ transfer_group: 'order_1', limit: 100 })).data).toHaveLength(1);
    expect((await stripe.balance.retrieve({}, { stripeAccount: destination })).available).toMatchObject([
      { amount: 1800 },
    ]);
    expect((await stripe.balance.retrieve()).available).not.toHaveLength(0);
    expect((await stripe.events.list({ type: 'transfer.created' })).data).toHaveLength(1);
  });

  it('refused transfers satisfy it', async () => {
    const { id } = await newAccount();
    const kind = 'StripeInvalidRequestError';
    expect(await refusalOf(send(id))).toEqual([kind, 400, 'insufficient_capabilities_for_transfer']);
    sandbox.readyAccount(id);
    sandbox.updateSettings({ platformBalanceMinor: { eur: 0 } });
    expect(await refusalOf(send(id, 1800, 'tr:1:1'))).toEqual([kind, 400, 'balance_insufficient']);
    expect(await refusalOf(send('acct_unknown', 1800, 'tr:1:2'))).toEqual([kind, 400, 'resource_missing']);
  });

  it('reversals satisfy it, in parts, up to the rest and against an empty account', async () => {
    const destination = await readyAccount();
    const { id } = await send(destination);
    const reversal = await stripe.transfers.createReversal(
      id,
      { amount: 500, metadata: { refund_id: 'r-1' } },
      { idempotencyKey: 'rev:1:0' },
    );
    expect(reversal).toMatchObject({ object: 'transfer_reversal', transfer: id, amount: 500 });
    expect(await refusalOf(stripe.transfers.createReversal(id, { amount: 1301 }))).toMatchObject([
      'StripeInvalidRequestError',
      400,
      undefined,
    ]);
    expect((await stripe.transfers.listReversals(id)).data).toHaveLength(1);
    expect(await stripe.transfers.retrieveReversal(id, reversal.id)).toMatchObject({ id: reversal.id });
    sandbox.payOutAccount(destination);
    expect(await refusalOf(stripe.transfers.createReversal(id, {}))).toEqual([
      'StripeInvalidRequestError',
      400,
      'balance_insufficient',
    ]);
  });
});

import { newUlid } from '../../../../src/common/ids/index.js';
import { HyperswitchClient } from '../../../../src/core/marketplace/payments/hyperswitch/hyperswitch-client.js';
import { HyperswitchProvider } from '../../../../src/core/marketplace/payments/hyperswitch/hyperswitch.provider.js';
import {
  ProviderAmbiguous,
  ProviderMisconfigured,
  ProviderRefusal,
} from '../../../../src/core/marketplace/payments/index.js';
import { parseConfig } from '../../../../src/infrastructure/config/index.js';
import type { Database } from '../../../../src/infrastructure/database/index.js';
import { Metrics } from '../../../../src/infrastructure/metrics/index.js';
import { type CallFault, createSandbox, type Sandbox } from '../../../../tools/psp-sandbox/index.js';
import { hasContracts, NO_CONTRACTS, type Prism, startPrism } from '../../../contract/prism.js';
import { describeWhen } from '../../../support/index.js';

const SANDBOX = {
  apiKey: 'hyper-key',
  hyperswitchWebhookSecret: 'hyper-secret',
  stripeSecretKey: 'sk_test_sandbox',
  stripeWebhookSecret: 'whsec_platform',
  stripeConnectWebhookSecret: 'whsec_connect',
};

let isInTransaction = false;
const providerAt = (env: Record<string, string>): HyperswitchProvider => {
  const config = parseConfig({
    APP_ENV: 'test',
    DATABASE_URL: 'postgres://nobody@localhost/nothing',
    JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
    PSP_TIMEOUT: '400ms',
    ...env,
  });
  return new HyperswitchProvider(
    new HyperswitchClient(config, { isInTransaction: () => isInTransaction } as Database, new Metrics()),
  );
};
const paymentId = (): string => `pay_${newUlid()}`;
const refundId = (): string => `ref_${newUlid()}`;
const paymentOf = (id: string) => ({
  paymentId: id,
  amountMinor: 2500,
  currency: 'EUR',
  orderId: 'order-1',
  customerId: 'buyer-1',
  description: 'A song',
});

describe('the Hyperswitch adapter against the sandbox over HTTP', () => {
  let sandbox: Sandbox;
  let provider: HyperswitchProvider;
  beforeAll(async () => {
    sandbox = await createSandbox(SANDBOX);
    provider = providerAt({
      HYPERSWITCH_URL: `${sandbox.hyperswitchUrl}/`,
      HYPERSWITCH_API_KEY: SANDBOX.apiKey,
    });
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    isInTransaction = false;
    sandbox.reset();
  });

  const captured = async (): Promise<string> => {
    const id = paymentId();
    await provider.createPayment(paymentOf(id));
    sandbox.succeedPayment(id);
    return id;
  };
  const refundOf = (payment: string, id = refundId()) => ({
    refundId: id,
    paymentId: payment,
    amountMinor: 2500,
    orderId: 'order-1',
  });
  const fault = (one: Omit<CallFault, 'match'>, path: string) =>
    sandbox.orderFault({ ...one, match: { method: 'POST', path } });

  it('opens a payment under our id and finds it again', async () => {
    const id = paymentId();
    expect(await provider.findPayment(id)).toBeNull();
    const opened = await provider.createPayment(paymentOf(id));
    expect(opened).toMatchObject({
      paymentId: id,
      status: 'requires_payment_method',
      amountMinor: 2500,
      currency: 'EUR',
    });
    expect(opened.clientSecret).toBeDefined();
    sandbox.succeedPayment(id);
    expect(await provider.findPayment(id)).toMatchObject({
      status: 'succeeded',
      updatedAt: expect.any(Date) as Date,
    });
    expect(sandbox.requests().at(-1)?.query).toContain('force_sync=true');
  });

  it('answers the payment that is there when it is opened twice (HE_01)', async () => {
    const id = paymentId();
    const first = await provider.createPayment(paymentOf(id));
    expect(await provider.createPayment(paymentOf(id))).toEqual(first);
    expect(sandbox.books().payments).toHaveLength(1);
  });

  it('opens a refund under our id once, however often it is asked', async () => {
    const request = refundOf(await captured());
    expect(await provider.findRefund(request.refundId)).toBeNull();
    const first = await provider.createRefund(request);
    expect(first).toMatchObject({
      refundId: request.refundId,
      status: 'pending',
      amountMinor: 2500,
      currency: 'EUR',
    });
    expect(await provider.createRefund(request)).toEqual(first);
    expect(sandbox.books().refunds).toHaveLength(1);
    sandbox.succeedRefund(request.refundId);
    expect(await provider.findRefund(request.refundId)).toMatchObject({ status: 'succeeded' });
  });

  it('sends the reason that every connector knows', async () => {
    await provider.createRefund(refundOf(await captured()));
    expect(JSON.parse(sandbox.requests().at(-1)?.body ?? '')).toMatchObject({
      reason: 'requested_by_customer',
      amount: 2500,
    });
  });

  it('takes a definite refusal for one', async () => {
    const unpaid = paymentId();
    await provider.createPayment(paymentOf(unpaid));
    await expect(provider.createRefund(refundOf(unpaid))).rejects.toMatchObject({
      name: 'ProviderRefusal',
      code: 'IR_14',
    });
    const paid = await captured();
    await expect(provider.createRefund({ ...refundOf(paid), amountMinor: 2501 })).rejects.toBeInstanceOf(
      ProviderRefusal,
    );
    expect(sandbox.books().refunds).toEqual([]);
  });

  it.each<[string, Omit<CallFault, 'match'>, boolean]>([
    ['a connection that drops before', { fault: 'drop_before_commit' }, false],
    ['a connection that drops after', { fault: 'drop_after_commit' }, true],
    ['a timeout', { fault: 'hold' }, true],
    ['half an answer', { fault: 'truncate' }, true],
    ['an empty object', { fault: 'empty_object' }, true],
    ['an empty id', { fault: 'empty_id' }, true],
    ['a 500', { fault: 'status', status: 500 }, false],
    ['a 502 in HTML', { fault: 'status', status: 502, body: '<h1>Bad gateway</h1>' }, false],
    ['a 200 in HTML', { fault: 'status', status: 200, body: '<h1>Hello</h1>' }, false],
    ['a list', { fault: 'status', status: 200, body: [] }, false],
    [
      'a 429',
      { fault: 'status', status: 429, body: { error: { type: 'x', code: 'HE_09', message: 'slow down' } } },
      false,
    ],
    ['a 404 of somebody else', { fault: 'status', status: 404, body: { message: 'no route' } }, false],
  ])('takes %s for unknown, and the same id finds out', async (_what, one, isDone) => {
    const request = refundOf(await captured());
    fault(one, '^/refunds$');
    await expect(provider.createRefund(request)).rejects.toBeInstanceOf(ProviderAmbiguous);
    sandbox.releaseHolds();
    expect(await provider.findRefund(request.refundId).then((refund) => refund !== null)).toBe(isDone);
    expect(await provider.createRefund(request)).toMatchObject({ refundId: request.refundId });
    expect(sandbox.books().refunds).toHaveLength(1);
  });

  it('believes a connector that refuses only after a look', async () => {
    const body = { error: { type: 'connector', code: 'CE_06', message: 'refund failed' } };
    const request = refundOf(await captured());
    fault({ fault: 'status', status: 400, body, commit: true }, '^/refunds$');
    expect(await provider.createRefund(request)).toMatchObject({ status: 'pending' });
    const second = refundOf(await captured());
    fault({ fault: 'status', status: 400, body }, '^/refunds$');
    await expect(provider.createRefund(second)).rejects.toMatchObject({
      name: 'ProviderRefusal',
      code: 'CE_06',
    });
  });

  it.each(['CE_00', 'IR_07'])('takes %s on a question for no answer: asking moves nothing', async (code) => {
    const body = { error: { type: 'x', code, message: 'the connector does not answer' } };
    const refuse = (path: string): number =>
      sandbox.orderFault({ fault: 'status', status: 400, body, match: { method: 'GET', path } });
    const request = refundOf(await captured());
    await provider.createRefund(request);
    refuse('^/refunds/');
    await expect(provider.findRefund(request.refundId)).rejects.toBeInstanceOf(ProviderAmbiguous);
    refuse('^/refunds/');
    await expect(provider.createRefund(request)).rejects.toBeInstanceOf(ProviderAmbiguous);
    refuse('^/payments/');
    await expect(provider.findPayment(request.paymentId)).rejects.toBeInstanceOf(ProviderAmbiguous);
  });

  it('lists all refunds of one payment, those of the dashboard as well', async () => {
    const [own, other] = [refundOf(await captured()), refundOf(await captured())];
    await provider.createRefund({ ...own, amountMinor: 100 });
    await provider.createRefund(other);
    const external = sandbox.refundInDashboard(own.paymentId, 200);
    const listed = await provider.listRefunds(own.paymentId);
    expect(listed.map((refund) => [refund.refundId, refund.amountMinor, refund.status]).sort()).toEqual(
      [
        [own.refundId, 100, 'pending'],
        [external.id, 200, 'pending'],
      ].sort(),
    );
  });

  it.each([
    ['a server error', { fault: 'status', status: 500 }],
    [
      'a refusal, which moved nothing either',
      { fault: 'status', status: 400, body: { error: { code: 'IR_06' } } },
    ],
    ['an empty object', { fault: 'empty_object' }],
    ['a part of the list', { fault: 'status', status: 200, body: { count: 0, total_count: 1, data: [] } }],
    ['a list of something else', { fault: 'status', status: 200, body: { data: [{ refund_id: 'ref_1' }] } }],
  ] as const)('takes %s for no answer to a list', async (_what, one) => {
    const { paymentId: id } = refundOf(await captured());
    fault(one, '^/refunds/list$');
    await expect(provider.listRefunds(id)).rejects.toBeInstanceOf(ProviderAmbiguous);
  });

  it('says that our key was refused', async () => {
    const stranger = providerAt({ HYPERSWITCH_URL: sandbox.hyperswitchUrl, HYPERSWITCH_API_KEY: 'wrong' });
    await expect(stranger.createPayment(paymentOf(paymentId()))).rejects.toBeInstanceOf(
      ProviderMisconfigured,
    );
    await expect(stranger.findRefund(refundId())).rejects.toBeInstanceOf(ProviderMisconfigured);
  });

  it('says that nobody configured it, and that nobody answers', async () => {
    const unconfigured = providerAt({ HYPERSWITCH_URL: sandbox.hyperswitchUrl });
    expect([unconfigured.isConfigured(), provider.isConfigured()]).toEqual([false, true]);
    await expect(unconfigured.findPayment(paymentId())).rejects.toMatchObject({
      code: 'PROVIDER_NOT_CONFIGURED',
    });
    const nowhere = providerAt({ HYPERSWITCH_URL: 'http://127.0.0.1:9', HYPERSWITCH_API_KEY: 'x' });
    await expect(nowhere.findPayment(paymentId())).rejects.toBeInstanceOf(ProviderAmbiguous);
  });

  it('is never called inside a transaction', async () => {
    isInTransaction = true;
    const id = paymentId();
    await expect(provider.createPayment(paymentOf(id))).rejects.toThrow(/in a transaction/);
    await expect(provider.findPayment(id)).rejects.toThrow(/in a transaction/);
    await expect(provider.createRefund(refundOf(id))).rejects.toThrow(/in a transaction/);
    await expect(provider.findRefund(id)).rejects.toThrow(/in a transaction/);
    expect(sandbox.requests()).toEqual([]);
  });
});

describeWhen(hasContracts, NO_CONTRACTS, "the Hyperswitch adapter under Hyperswitch's own document", () => {
  let sandbox: Sandbox;
  let prism: Prism;
  let provider: HyperswitchProvider;
  beforeAll(async () => {
    isInTransaction = false;
    sandbox = await createSandbox(SANDBOX);
    prism = await startPrism('hyperswitch-v1.openapi.json', sandbox.hyperswitchUrl);
    provider = providerAt({
      HYPERSWITCH_URL: prism.url,
      HYPERSWITCH_API_KEY: SANDBOX.apiKey,
      PSP_TIMEOUT: '20s',
    });
  }, 60_000);
  afterAll(async () => {
    await prism.close();
    await sandbox.close();
  });

  it('canary: the document refuses a bad request', async () => {
    const short = { refundId: refundId(), paymentId: 'short', amountMinor: 1, orderId: 'order-1' };
    await expect(provider.createRefund(short)).rejects.toBeInstanceOf(ProviderAmbiguous);
    expect(sandbox.requests()).toEqual([]);
  });

  it('payment and refund go through, there and back', async () => {
    const id = paymentId();
    await provider.createPayment(paymentOf(id));
    sandbox.succeedPayment(id);
    expect(await provider.findPayment(id)).toMatchObject({ status: 'succeeded' });
    const request = { refundId: refundId(), paymentId: id, amountMinor: 2500, orderId: 'order-1' };
    expect(await provider.createRefund(request)).toMatchObject({ status: 'pending' });
    expect(await provider.createRefund(request)).toMatchObject({ status: 'pending' });
    expect(await provider.findRefund(refundId())).toBeNull();
  });
});

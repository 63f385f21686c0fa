import { parseConfig } from '../../../../src/infrastructure/config/index.js';
import type { Database } from '../../../../src/infrastructure/database/index.js';
import { Metrics } from '../../../../src/infrastructure/metrics/index.js';
import {
  ProviderAmbiguous,
  ProviderMisconfigured,
  ProviderRefusal,
} from '../../../../src/core/marketplace/payments/index.js';
import { EmptyTransferIdError } from '../../../../src/core/marketplace/payouts/empty-transfer-id.error.js';
import { StripeClient } from '../../../../src/core/marketplace/payouts/stripe-client.js';
import { StripePayoutProvider } from '../../../../src/core/marketplace/payouts/stripe-payout-provider.js';
import { createSandbox, type Sandbox } from '../../../../tools/psp-sandbox/index.js';

const SANDBOX = {
  apiKey: 'hyper-key',
  hyperswitchWebhookSecret: 'hyper-secret',
  stripeSecretKey: 'sk_test_sandbox',
  stripeWebhookSecret: 'whsec_platform',
  stripeConnectWebhookSecret: 'whsec_connect',
};

describe('Stripe Connect adapter against the sandbox over HTTP', () => {
  let sandbox: Sandbox;
  let isInTransaction = false;

  const providerWith = (env: Record<string, string>): StripePayoutProvider =>
    new StripePayoutProvider(
      new StripeClient(
        parseConfig({
          APP_ENV: 'test',
          DATABASE_URL: 'postgres://nobody@localhost/nothing',
          JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
          PSP_TIMEOUT: '400ms',
          ...env,
        }),
        { isInTransaction: () => isInTransaction } as Database,
        new Metrics(),
      ),
    );
  const provider = (key = SANDBOX.stripeSecretKey): StripePayoutProvider =>
    providerWith({ STRIPE_SECRET_KEY: key, STRIPE_API_URL: sandbox.stripeUrl });

  const transfer = (over: Record<string, unknown> = {}) => ({
    transferId: 'transfer-1',
    orderId: 'order-1',
    destination: 'acct_missing',
    amountMinor: 2250,
    currency: 'EUR',
    attemptEpoch: 0,
    idempotencyKey: 'transfer:transfer-1:0',
    ...over,
  });
  const readySeller = async (): Promise<string> => {
    const { accountId } = await provider().createAccount('user-1', 'acct:user-1');
    sandbox.readyAccount(accountId);
    return accountId;
  };

  beforeAll(async () => {
    sandbox = await createSandbox(SANDBOX);
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    isInTransaction = false;
    sandbox.reset();
    sandbox.updateSettings({ platformBalanceMinor: null });
  });

  it('answers 503 PROVIDER_NOT_CONFIGURED without a key', async () => {
    const unconfigured = providerWith({});
    expect(unconfigured.isConfigured()).toBe(false);
    await expect(unconfigured.getAccount('acct_1')).rejects.toMatchObject({
      code: 'PROVIDER_NOT_CONFIGURED',
      kind: 'unavailable',
    });
  });

  it('refuses every call inside a transaction, before the network (07 7.6 invariant 1)', async () => {
    isInTransaction = true;
    const calls = [
      provider().createAccount('u', 'k'),
      provider().getAccount('acct_1'),
      provider().createAccountLink('acct_1', { returnUrl: 'http://a/r', refreshUrl: 'http://a/f' }),
      provider().createTransfer(transfer()),
      provider().findTransfer('o', 't'),
      provider().createReversal({
        reversalId: 'r',
        stripeTransferId: 'tr_1',
        amountMinor: 1,
        cause: { kind: 'refund' as const, id: 'f' },
        idempotencyKey: 'k',
      }),
      provider().findReversal('tr_1', 'r'),
    ];
    for (const call of calls) await expect(call).rejects.toThrow('inside a database transaction');
    expect(sandbox.requests()).toEqual([]);
  });

  it('makes one account for one key, however often it is asked', async () => {
    const [first, second] = await Promise.all([
      provider().createAccount('user-1', 'acct:user-1'),
      provider()
        .createAccount('user-1', 'acct:user-1')
        .catch((error: unknown) => error),
    ]);
    const again = await provider().createAccount('user-1', 'acct:user-1');
    expect(again).toMatchObject({ accountId: first.accountId, userId: 'user-1', transfersEnabled: false });
    if (second instanceof Error) expect(second).toBeInstanceOf(ProviderAmbiguous);
    else expect(second).toMatchObject({ accountId: first.accountId });
    expect(sandbox.books().accounts).toHaveLength(1);
    sandbox.readyAccount(first.accountId);
    expect(await provider().getAccount(first.accountId)).toMatchObject({
      transfersEnabled: true,
      payoutsEnabled: true,
    });
  });

  it('hands out an onboarding link that expires', async () => {
    const { accountId } = await provider().createAccount('user-1', 'acct:user-1');
    const link = await provider().createAccountLink(accountId, {
      returnUrl: 'http://localhost:3000/return',
      refreshUrl: 'http://localhost:3000/refresh',
    });
    expect(link.url).toMatch(/^http/);
    expect(link.expiresAt.getTime()).toBeGreaterThan(Date.now());
  });

  it('creates, finds and takes back a transfer', async () => {
    const destination = await readySeller();
    const id = await provider().createTransfer(transfer({ destination }));
    expect(id).toMatch(/^tr_.+/);
    expect(await provider().createTransfer(transfer({ destination }))).toBe(id);
    expect(await provider().findTransfer('order-1', 'transfer-1')).toBe(id);
    expect(await provider().findTransfer('order-1', 'transfer-2')).toBeNull();
    expect(await provider().findTransfer('order-2', 'transfer-1')).toBeNull();
    const reversal = {
      reversalId: 'reversal-1',
      stripeTransferId: id,
      amountMinor: 2250,
      cause: { kind: 'refund' as const, id: 'refund-1' },
      idempotencyKey: 'rev:reversal-1:0',
    };
    expect(await provider().findReversal(id, 'reversal-1')).toBeNull();
    const reversalId = await provider().createReversal(reversal);
    expect(reversalId).toMatch(/^trr_.+/);
    expect(await provider().createReversal(reversal)).toBe(reversalId);
    expect(await provider().findReversal(id, 'reversal-1')).toBe(reversalId);
    expect(sandbox.books().transfers).toMatchObject([
      {
        amountMinor: 2250,
        currency: 'eur',
        destination,
        transferGroup: 'order_order-1',
        metadata: { order_id: 'order-1', seller_transfer_id: 'transfer-1', attempt_epoch: '0' },
      },
    ]);
    expect(sandbox.books().reversals).toHaveLength(1);
  });

  it.each([
    ['an empty object', { fault: 'empty_object' as const }],
    ['an empty id', { fault: 'empty_id' as const }],
    ['a 500 without an error', { fault: 'status' as const, status: 500, body: { message: 'upstream' } }],
    ['a 404 without an error', { fault: 'status' as const, status: 404, body: {} }],
  ])('takes %s for a failed creation, never for a transfer', async (_, fault) => {
    const destination = await readySeller();
    sandbox.orderFault({ ...fault, match: { method: 'POST', path: '/v1/transfers' } });
    await expect(provider().createTransfer(transfer({ destination }))).rejects.toBeInstanceOf(
      EmptyTransferIdError,
    );
  });

  it.each([
    [
      'a 500 of the API',
      { fault: 'status' as const, status: 500, body: { error: { type: 'api_error', message: 'x' } } },
    ],
    ['a gateway page', { fault: 'status' as const, status: 502, body: '<html>' }],
    ['a truncated answer', { fault: 'truncate' as const }],
    ['a timeout', { fault: 'delay' as const, delayMs: 900 }],
    ['a lost connection', { fault: 'drop_before_commit' as const, times: 2 }],
    [
      'a rate limit',
      {
        fault: 'status' as const,
        status: 429,
        body: { error: { type: 'rate_limit_error', code: 'rate_limit' } },
      },
    ],
    [
      'a key in use',
      {
        fault: 'status' as const,
        status: 409,
        body: { error: { type: 'invalid_request_error', code: 'idempotency_key_in_use' } },
      },
    ],
  ])('says that nobody knows after %s', async (_, fault) => {
    const destination = await readySeller();
    sandbox.orderFault({ ...fault, match: { method: 'POST', path: '/v1/transfers' } });
    await expect(provider().createTransfer(transfer({ destination }))).rejects.toBeInstanceOf(
      ProviderAmbiguous,
    );
  });

  it('passes the definite refusals on with their codes', async () => {
    const destination = await readySeller();
    await expect(provider().createTransfer(transfer())).rejects.toMatchObject({ code: 'resource_missing' });
    sandbox.updateSettings({ platformBalanceMinor: { eur: 10 } });
    const poor = provider().createTransfer(transfer({ destination, idempotencyKey: 'poor' }));
    await expect(poor).rejects.toBeInstanceOf(ProviderRefusal);
    await expect(poor).rejects.toMatchObject({ code: 'balance_insufficient' });
  });

  it('tells our wrong key from a seller who left', async () => {
    await expect(provider('sk_test_wrong').getAccount('acct_1')).rejects.toBeInstanceOf(
      ProviderMisconfigured,
    );
    const accountId = await readySeller();
    sandbox.deauthorizeAccount(accountId);
    await expect(provider().getAccount(accountId)).rejects.toMatchObject({
      name: 'ProviderRefusal',
      code: 'account_invalid',
    });
  });

  it('answers the same transfer when the first answer was lost after the commit', async () => {
    const destination = await readySeller();
    sandbox.orderFault({
      fault: 'drop_after_commit',
      times: 2,
      match: { method: 'POST', path: '/v1/transfers' },
    });
    await expect(provider().createTransfer(transfer({ destination }))).rejects.toBeInstanceOf(
      ProviderAmbiguous,
    );
    const id = await provider().createTransfer(transfer({ destination }));
    expect(sandbox.books().transfers.map((row) => row.id)).toEqual([id]);
  });
});

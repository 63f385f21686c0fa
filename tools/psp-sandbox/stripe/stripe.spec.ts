import Stripe from 'stripe';
import { waitFor } from '../../../test/support/wait-for.js';
import type { Sandbox } from '../index.js';
import { readySeller, startSandbox, stripeCall, TEST_KEYS } from '../spec-support.js';

const clientOf = (sandbox: Sandbox, key = TEST_KEYS.stripeSecretKey): Stripe => {
  const { hostname, port } = new URL(sandbox.stripeUrl);
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
};

const rejectionOf = async (call: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('The call was expected to be refused');
};

describe('Stripe side of the payment sandbox, driven by the stripe SDK', () => {
  let sandbox: Sandbox;
  let stripe: Stripe;
  beforeAll(async () => {
    sandbox = await startSandbox();
    stripe = clientOf(sandbox);
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    sandbox.reset();
  });

  const send = (
    destination: string,
    amount: number,
    idempotencyKey: string,
  ): Promise<Stripe.Response<Stripe.Transfer>> =>
    stripe.transfers.create(
      {
        amount,
        currency: 'eur',
        destination,
        transfer_group: 'order_1',
        metadata: { seller_transfer_id: 't-1' },
      },
      { idempotencyKey },
    );

  describe('accounts', () => {
    it('are created not ready, keep their metadata and become ready through the onboarding page', async () => {
      const account = await stripe.accounts.create({
        type: 'express',
        country: 'FR',
        email: 'seller@example.org',
        capabilities: { transfers: { requested: true }, card_payments: { requested: true } },
        metadata: { user_id: 'u-1' },
      });
      expect(account).toMatchObject({
        metadata: { user_id: 'u-1' },
        capabilities: { transfers: 'inactive' },
        details_submitted: false,
        payouts_enabled: false,
      });
      expect(account.requirements?.currently_due).not.toHaveLength(0);
      const link = await stripe.accountLinks.create({
        account: account.id,
        type: 'account_onboarding',
        refresh_url: 'https://shop.example/refresh',
        return_url: 'https://shop.example/return',
      });
      expect(link.expires_at - link.created).toBe(300);
      expect(await (await fetch(link.url)).text()).toContain('Finish onboarding');
      expect((await fetch(link.url, { method: 'POST' })).status).toBe(200);
      const ready = await stripe.accounts.retrieve(account.id);
      expect(ready).toMatchObject({ capabilities: { transfers: 'active' }, payouts_enabled: true });
      expect((await fetch(link.url, { method: 'POST' })).status).toBe(410);
    });

    it('that revoked access, and unknown ones, are 403 account_invalid', async () => {
      const id = await readySeller(sandbox);
      sandbox.deauthorizeAccount(id);
      for (const one of [id, 'acct_unknown']) {
        const error = await rejectionOf(stripe.accounts.retrieve(one));
        expect([error.constructor.name, error.statusCode, error.code]).toEqual([
          'StripePermissionError',
          403,
          'account_invalid',
        ]);
      }
    });
  });

  it('answers 401 to a wrong key', async () => {
    const error = await rejectionOf(clientOf(sandbox, 'sk_test_wrong').balance.retrieve());
    expect([error.constructor.name, error.statusCode]).toEqual(['StripeAuthenticationError', 401]);
  });

  describe('transfers', () => {
    it('reach the seller and can be found by transfer_group', async () => {
      const destination = await readySeller(sandbox);
      const transfer = await send(destination, 1800, 'k-1');
      expect(transfer).toMatchObject({ amount: 1800, amount_reversed: 0, reversed: false, destination });
      const found = await stripe.transfers.list({ transfer_group: 'order_1', limit: 100 });
      expect(found.data.map(({ id, metadata }) => [id, metadata])).toEqual([
        [transfer.id, { seller_transfer_id: 't-1' }],
      ]);
      const balance = await stripe.balance.retrieve({}, { stripeAccount: destination });
      expect(balance.available).toMatchObject([{ amount: 1800, currency: 'eur' }]);
    });

    it.each([
      ['an account that is not ready', 'pending', 'insufficient_capabilities_for_transfer'],
      ['a restricted account', 'restricted', 'transfers_not_allowed'],
      ['an account that revoked access', 'deauthorized', 'account_invalid'],
    ])('to %s are refused', async (_what, state, code) => {
      const id =
        state === 'pending'
          ? (await stripe.accounts.create({ type: 'express' })).id
          : await readySeller(sandbox);
      if (state === 'restricted') sandbox.restrictAccount(id);
      if (state === 'deauthorized') sandbox.deauthorizeAccount(id);
      expect((await rejectionOf(send(id, 100, 'k-2'))).code).toBe(code);
      expect((await rejectionOf(send('acct_unknown', 100, 'k-3'))).code).toBe('resource_missing');
      expect(sandbox.books().transfers).toEqual([]);
    });

    it('over a finite platform balance are balance_insufficient', async () => {
      const destination = await readySeller(sandbox);
      sandbox.updateSettings({ platformBalanceMinor: { eur: 1000 } });
      expect((await rejectionOf(send(destination, 1001, 'k-4'))).code).toBe('balance_insufficient');
      await send(destination, 600, 'k-5');
      expect(sandbox.books().platformBalanceMinor).toEqual({ eur: 400 });
    });
  });

  describe('reversals', () => {
    it('take back in parts up to the rest, and no cent more', async () => {
      const transfer = await send(await readySeller(sandbox), 1800, 'k-1');
      const part = await stripe.transfers.createReversal(
        transfer.id,
        { amount: 500 },
        { idempotencyKey: 'rev-1' },
      );
      expect(part).toMatchObject({ object: 'transfer_reversal', amount: 500, transfer: transfer.id });
      const over = await rejectionOf(stripe.transfers.createReversal(transfer.id, { amount: 1301 }));
      expect([over.statusCode, over.param]).toEqual([400, 'amount']);
      await stripe.transfers.createReversal(transfer.id, {}, { idempotencyKey: 'rev-2' });
      expect(await stripe.transfers.retrieve(transfer.id)).toMatchObject({
        reversed: true,
        amount_reversed: 1800,
      });
      const listed = await stripe.transfers.listReversals(transfer.id, { limit: 1 });
      expect([listed.data.map(({ amount }) => amount), listed.has_more]).toEqual([[1300], true]);
      expect(sandbox.books().totals['EUR']).toMatchObject({ transferredMinor: 1800, reversedMinor: 1800 });
    });

    it('find nothing after the seller was paid out', async () => {
      const destination = await readySeller(sandbox);
      const transfer = await send(destination, 1800, 'k-1');
      sandbox.payOutAccount(destination);
      const error = await rejectionOf(stripe.transfers.createReversal(transfer.id, {}));
      expect([error.statusCode, error.code]).toEqual([400, 'balance_insufficient']);
      expect(sandbox.books().reversals).toEqual([]);
    });
  });

  describe('idempotency', () => {
    it('replays the stored answer, sends once, and says so in a header', async () => {
      const destination = await readySeller(sandbox);
      const first = await send(destination, 1800, 'k-1');
      const second = await send(destination, 1800, 'k-1');
      expect(second.id).toBe(first.id);
      expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
      expect(second.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
      expect(sandbox.books().transfers).toHaveLength(1);
      expect(sandbox.requests().filter(({ idempotencyKey }) => idempotencyKey === 'k-1')).toHaveLength(2);
    });

    it('replays a refusal although the cause is gone, and a new key gets through', async () => {
      const destination = await readySeller(sandbox);
      sandbox.updateSettings({ platformBalanceMinor: { eur: 0 } });
      await rejectionOf(send(destination, 100, 'k-1'));
      sandbox.updateSettings({ platformBalanceMinor: null });
      expect((await rejectionOf(send(destination, 100, 'k-1'))).code).toBe('balance_insufficient');
      expect((await send(destination, 100, 'k-2')).amount).toBe(100);
    });

    it('refuses other parameters under a used key', async () => {
      const destination = await readySeller(sandbox);
      await send(destination, 100, 'k-1');
      const error = await rejectionOf(send(destination, 101, 'k-1'));
      expect([error.constructor.name, error.statusCode]).toEqual(['StripeIdempotencyError', 400]);
    });

    it('does not remember a refusal of parameters', async () => {
      const destination = await readySeller(sandbox);
      const headers = { 'idempotency-key': 'k-1' };
      const wrong = await stripeCall(
        sandbox.url,
        '/v1/transfers',
        { destination, currency: 'eur', amount: '1.5' },
        headers,
      );
      expect(wrong.body).toMatchObject({ error: { code: 'parameter_invalid_integer', param: 'amount' } });
      const right = await stripeCall(
        sandbox.url,
        '/v1/transfers',
        { destination, currency: 'eur', amount: '15' },
        headers,
      );
      expect(right.status).toBe(200);
    });

    it('answers 409 while the first call is in flight, then replays', async () => {
      const destination = await readySeller(sandbox);
      sandbox.orderFault({ fault: 'hold', match: { path: '/v1/transfers$' }, commit: false });
      const first = send(destination, 100, 'k-1');
      await waitFor(() => sandbox.holds().length === 1);
      const second = await rejectionOf(send(destination, 100, 'k-1'));
      expect([second.statusCode, second.code]).toEqual([409, 'idempotency_key_in_use']);
      expect(sandbox.books().transfers).toEqual([]);
      sandbox.releaseHolds();
      const { id } = await first;
      expect((await send(destination, 100, 'k-1')).id).toBe(id);
    });

    it('forgets keys when a day has passed', async () => {
      const destination = await readySeller(sandbox);
      const first = await send(destination, 100, 'k-1');
      sandbox.expireIdempotencyKeys();
      expect((await send(destination, 100, 'k-1')).id).not.toBe(first.id);
    });
  });

  it('refuses unknown parameters, unknown transfers and unknown paths', async () => {
    const unknown = await stripeCall(sandbox.url, '/v1/transfers', { colour: 'red' });
    expect([unknown.status, unknown.body]).toMatchObject([400, { error: { code: 'parameter_unknown' } }]);
    expect((await rejectionOf(stripe.transfers.retrieve('tr_unknown'))).code).toBe('resource_missing');
    expect((await stripeCall(sandbox.url, '/v1/nothing', null)).status).toBe(404);
  });

  it('lists the events that it sent', async () => {
    const destination = await readySeller(sandbox);
    const transfer = await send(destination, 100, 'k-1');
    const events = await stripe.events.list({ types: ['transfer.created'] });
    expect(events.data).toMatchObject([{ type: 'transfer.created', data: { object: { id: transfer.id } } }]);
    expect((await stripe.events.list({ type: 'account.updated' })).data).toMatchObject([
      { account: destination },
    ]);
  });
});

import { AccountSweepJob } from '../../../../src/core/marketplace/payouts/jobs/account-sweep.job.js';
import { type Actor, api, newActor, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CREATE = { method: 'POST', path: '^/v1/transfers$' };
const LOOK_UP = { method: 'GET', path: '^/v1/transfers\\?' };
const REVERSE = { method: 'POST', path: '/reversals$' };

describe('sweeps over transfers, reversals and accounts (08 2.2, 3.5)', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let admin: Actor;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    admin = await world.admin();
  });
  beforeEach(async () => {
    seller = await world.seller();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  const jobAt = (ms: number): Promise<Record<string, number>> => {
    world.test.clock.advance(ms);
    return world.runRetryJob();
  };
  const open = async (kind: string, orderId: string): Promise<number> =>
    (
      await world.test.sql(
        'SELECT 1 FROM payment_exceptions WHERE kind = $1 AND order_id = $2 AND resolved_at IS NULL',
        [kind, orderId],
      )
    ).length;
  const createdFor = (order: PaidOrder) =>
    world.sandbox.books().transfers.filter((row) => row.transferGroup === `order_${order.id}`);
  const stripeError = (status: number, error: object, times = 1) => ({
    fault: 'status' as const,
    status,
    body: { error: { message: 'no', ...error } },
    times,
  });
  const keysSent = (order: PaidOrder): string[] =>
    world.sandbox
      .requests()
      .filter(
        (call) => call.method === 'POST' && call.path === '/v1/transfers' && call.body.includes(order.id),
      )
      .map((call) => call.idempotencyKey ?? '');
  const settle = async (order: PaidOrder): Promise<void> => {
    await waitFor(
      async () => {
        await jobAt(HOUR_MS);
        return (await world.transfer(order.id)).status === 'completed';
      },
      { what: 'a completed transfer' },
    );
    expect(createdFor(order)).toHaveLength(1);
  };

  describe('what each answer of the provider becomes', () => {
    it.each([
      ['200 without an id', { fault: 'empty_id' as const }, 'failed', 'ambiguous', true],
      ['200 {}', { fault: 'empty_object' as const }, 'failed', 'ambiguous', true],
      [
        '404 JSON without error',
        { fault: 'status' as const, status: 404, body: { message: 'upstream' } },
        'failed',
        'ambiguous',
        true,
      ],
      [
        '502 HTML',
        { fault: 'status' as const, status: 502, body: '<html>bad gateway</html>' },
        'unknown',
        'ambiguous',
        true,
      ],
      ['500 api_error', stripeError(500, { type: 'api_error' }), 'unknown', 'ambiguous', true],
      ['a reset', { fault: 'drop_before_commit' as const, times: 2 }, 'unknown', 'ambiguous', true],
      ['half a body', { fault: 'truncate' as const, times: 2 }, 'unknown', 'ambiguous', true],
      [
        '409 in use',
        stripeError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }),
        'unknown',
        'ambiguous',
        true,
      ],
      [
        '429',
        stripeError(429, { type: 'invalid_request_error', code: 'rate_limit' }),
        'unknown',
        'rate_limit',
        true,
      ],
      [
        '429 lock_timeout',
        stripeError(429, { type: 'invalid_request_error', code: 'lock_timeout' }),
        'unknown',
        'rate_limit',
        true,
      ],
      [
        '400 balance_insufficient',
        stripeError(400, { type: 'invalid_request_error', code: 'balance_insufficient' }),
        'failed',
        'slow',
        false,
      ],
      ['402', stripeError(402, { type: 'card_error', code: 'card_declined' }), 'failed', 'definite', false],
      ['401', stripeError(401, { type: 'invalid_request_error' }), 'failed', 'configuration', false],
      [
        '403 of another kind',
        stripeError(403, { type: 'invalid_request_error' }),
        'failed',
        'configuration',
        false,
      ],
    ])('%s', async (_, fault, status, failureClass, isUnknown) => {
      world.sandbox.orderFault({ ...fault, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: status });
      const [row] = await world.test.sql('SELECT * FROM seller_transfers WHERE order_id = $1', [order.id]);
      expect(row).toMatchObject({ failure_class: failureClass, outcome_unknown: isUnknown });
      expect(row).toMatchObject({ attempt_epoch: isUnknown ? 0 : 1 });
      expect(row!.definite_failures).toBe(failureClass === 'definite' ? 1 : 0);
      await settle(order);
      expect(new Set(keysSent(order)).size).toBe(isUnknown ? 1 : 2);
    });

    it.each([
      ['transfers_not_allowed', 400, 0],
      ['insufficient_capabilities_for_transfer', 400, 0],
      ['resource_missing', 400, 0],
      ['account_invalid', 403, 1],
    ])('%s parks the transfer until the account is ready', async (code, status, alarms) => {
      world.sandbox.orderFault({
        ...stripeError(status, { type: 'invalid_request_error', code }),
        match: CREATE,
      });
      const order = await world.paidOrder([seller], { transfers: 'blocked_account' });
      expect(await open('seller_deauthorised', order.id)).toBe(alarms);
      world.sandbox.restrictAccount(seller.stripeAccountId);
      world.sandbox.readyAccount(seller.stripeAccountId);
      await world.transfersAre(order.id, 'completed');
      expect(await open('seller_deauthorised', order.id)).toBe(0);
    });

    it('400 idempotency_error is our mistake: an alarm and no further try by itself', async () => {
      world.sandbox.orderFault({ ...stripeError(400, { type: 'idempotency_error' }), match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'unknown' });
      expect(await open('transfer_key_mismatch', order.id)).toBe(1);
      expect(await world.transfer(order.id)).toMatchObject({ next_retry_at: null, outcome_unknown: true });
      await jobAt(DAY_MS);
      expect((await world.transfer(order.id)).status).toBe('unknown');
      world.test.clock.reset();
      const { id } = await world.transfer(order.id);
      await world.test.http
        .post(api(`/admin/transfers/${id}/retry`))
        .set(admin.auth)
        .send({ reason: 'looked at' })
        .expect(200);
      expect((await world.transfer(order.id)).status).toBe('completed');
      expect(await open('transfer_key_mismatch', order.id)).toBe(0);
    });

    it('401 stops the run: the others are not tried and burn nothing', async () => {
      const refusal = stripeError(400, { type: 'invalid_request_error', code: 'balance_insufficient' }, 2);
      world.sandbox.orderFault({ ...refusal, match: CREATE });
      const orders = [
        await world.paidOrder([seller], { transfers: 'failed' }),
        await world.paidOrder([seller], { transfers: 'failed' }),
      ];
      world.sandbox.orderFault({ ...stripeError(401, { type: 'invalid_request_error' }), match: CREATE });
      expect(await jobAt(HOUR_MS)).toMatchObject({ stopped_misconfigured: 1, transfers_failed: 1 });
      const epochs = await Promise.all(
        orders.map(async (order) => (await world.transfer(order.id)).attempt_epoch),
      );
      expect(epochs.sort()).toEqual([1, 2]);
      for (const order of orders) await settle(order);
    });
  });

  describe('a key that the provider has forgotten', () => {
    it('is replaced after 23 hours, when nothing is found under it', async () => {
      world.sandbox.orderFault({ fault: 'drop_before_commit', times: 2, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'unknown' });
      world.sandbox.expireIdempotencyKeys();
      await jobAt(23 * HOUR_MS);
      const transfer = await world.transfer(order.id);
      expect(transfer).toMatchObject({ status: 'completed', attempt_epoch: 1 });
      expect(new Set(keysSent(order))).toEqual(
        new Set([`transfer:${transfer.id}:0`, `transfer:${transfer.id}:1`]),
      );
      expect(createdFor(order)).toHaveLength(1);
    });

    it('is kept when the transfer is found', async () => {
      world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'unknown' });
      world.sandbox.expireIdempotencyKeys();
      await jobAt(23 * HOUR_MS);
      expect(await world.transfer(order.id)).toMatchObject({ status: 'completed', attempt_epoch: 0 });
      expect(createdFor(order)).toHaveLength(1);
    });

    it('of a reversal is replaced in the same way', async () => {
      const order = await world.paidOrder([seller]);
      world.sandbox.orderFault({ fault: 'drop_before_commit', times: 2, match: REVERSE });
      await world.refunded(order);
      await waitFor(async () => (await world.reversals(order.id))[0]?.outcome_unknown);
      await world.quiet();
      world.sandbox.expireIdempotencyKeys();
      await jobAt(23 * HOUR_MS);
      await world.transfersAre(order.id, 'reversed');
      expect(await world.reversals(order.id)).toMatchObject([{ status: 'succeeded', epoch: 1 }]);
    });
  });

  describe('what is open too long', () => {
    it('an unknown transfer is on the list after 24 hours, once, until its outcome is known', async () => {
      world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'unknown' });
      world.sandbox.orderFault({ ...stripeError(503, { type: 'api_error' }, 3), match: LOOK_UP });
      await jobAt(23 * HOUR_MS);
      expect(await open('transfer_unknown', order.id)).toBe(0);
      expect(await jobAt(HOUR_MS + MINUTE_MS)).toMatchObject({ reported_overdue: 1 });
      expect(await open('transfer_unknown', order.id)).toBe(1);
      expect(await jobAt(HOUR_MS)).toMatchObject({ reported_overdue: 0 });
      await settle(order);
      expect(await open('transfer_unknown', order.id)).toBe(0);
    });

    it('a balance that is too short for 10 days is on the list until the transfer is sent', async () => {
      world.sandbox.updateSettings({ platformBalanceMinor: { eur: 0 } });
      const order = await world.paidOrder([seller], { transfers: 'failed' });
      for (let day = 1; day <= 9; day += 1) await jobAt(DAY_MS);
      expect(await open('transfer_short', order.id)).toBe(0);
      await jobAt(DAY_MS + HOUR_MS);
      expect(await open('transfer_short', order.id)).toBe(1);
      world.sandbox.updateSettings({ platformBalanceMinor: null });
      await jobAt(DAY_MS);
      expect((await world.transfer(order.id)).status).toBe('completed');
      expect(await open('transfer_short', order.id)).toBe(0);
    });

    it('an unknown reversal is on the list after 24 hours', async () => {
      const order = await world.paidOrder([seller]);
      world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: REVERSE });
      world.sandbox.orderFault({
        ...stripeError(503, { type: 'api_error' }, 50),
        match: { method: 'GET', path: '/reversals' },
      });
      await world.refunded(order);
      await waitFor(async () => (await world.reversals(order.id))[0]?.outcome_unknown);
      await world.quiet();
      await jobAt(25 * HOUR_MS);
      expect(await open('reversal_unknown', order.id)).toBe(1);
      world.sandbox.clearFaults();
      await jobAt(HOUR_MS);
      await world.transfersAre(order.id, 'reversed');
      expect(await open('reversal_unknown', order.id)).toBe(0);
    });
  });

  describe('fairness', () => {
    it('a hundred transfers that must wait keep no unknown one from its turn', async () => {
      const waiting = await world.seller();
      await world.test.http
        .post(api(`/admin/sellers/${waiting.id}/transfers/pause`))
        .set(admin.auth)
        .send({ reason: 'for a test' })
        .expect(200);
      const held = await world.paidOrder([waiting], { transfers: 'pending' });
      world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'unknown' });
      await world.quiet();
      await world.test.sql(
        `INSERT INTO seller_transfers
                (id, order_id, seller_id, sequence, currency, net_amount, platform_fee, status, next_retry_at, created_at, updated_at)
         SELECT gen_random_uuid(), order_id, seller_id, n, currency, 1, 0, 'pending', created_at - interval '1 day',
                created_at, updated_at
           FROM seller_transfers, generate_series(2, 151) n WHERE order_id = $1`,
        [held.id],
      );
      try {
        expect(await jobAt(31_000)).toMatchObject({ transfers_completed: 1 });
        expect((await world.transfer(order.id)).status).toBe('completed');
      } finally {
        await world.test.sql('DELETE FROM seller_transfers WHERE order_id = $1 AND sequence > 1', [held.id]);
        world.test.clock.reset();
        await world.test.http
          .post(api(`/admin/sellers/${waiting.id}/transfers/resume`))
          .set(admin.auth)
          .send({ reason: 'the test is over' })
          .expect(200);
      }
      await world.runRetryJob();
      await world.transfersAre(held.id, 'completed');
    });
  });

  describe('account-sweep', () => {
    const sweep = (): Promise<Record<string, number>> =>
      world.test.app.get(AccountSweepJob, { strict: false }).run({ signal: new AbortController().signal });

    it('reads a blocked account again after a week and sends what waited', async () => {
      const blocked = await world.seller({ isReady: false });
      const order = await world.paidOrder([blocked], { transfers: 'blocked_account' });
      await world.quiet();
      world.sandbox.orderFault({ webhook: 'lose', match: { type: 'account' }, times: 5 });
      world.sandbox.readyAccount(blocked.stripeAccountId);
      expect(await sweep()).toMatchObject({ refreshed: 0 });
      world.test.clock.advance(8 * DAY_MS);
      expect(await sweep()).toMatchObject({ refreshed: 1 });
      world.test.clock.reset();
      await waitFor(async () => {
        await world.runRetryJob();
        return (await world.transfer(order.id)).status === 'completed' || jobAt(8 * DAY_MS).then(() => null);
      });
    });

    it('finds an account whose creation was never stored, and makes no second one', async () => {
      const creator = await newActor(world.test, { role: 'creator' });
      const onboard = () =>
        world.test.http.post(api('/marketplace/seller/connect/onboard')).set(creator.auth);
      await onboard().expect(200);
      // What a kill between the provider's answer and its storing leaves behind.
      await world.test.sql(
        `UPDATE connect_accounts SET stripe_account_id = NULL, fetched_at = NULL,
                created_at = created_at - interval '1 hour' WHERE user_id = $1`,
        [creator.id],
      );
      world.sandbox.expireIdempotencyKeys();
      expect(await sweep()).toMatchObject({ attached: 1 });
      const accounts = world.sandbox.books().accounts.filter((row) => row.metadata.user_id === creator.id);
      expect(
        await world.test.sql('SELECT stripe_account_id FROM connect_accounts WHERE user_id = $1', [
          creator.id,
        ]),
      ).toEqual([{ stripe_account_id: accounts[0]!.id }]);
      await onboard().expect(200);
      expect(accounts).toHaveLength(1);
    });

    it('a click a day later finds the lost account as well', async () => {
      const creator = await newActor(world.test, { role: 'creator' });
      const onboard = () =>
        world.test.http.post(api('/marketplace/seller/connect/onboard')).set(creator.auth);
      await onboard().expect(200);
      await world.test.sql(
        `UPDATE connect_accounts SET stripe_account_id = NULL, fetched_at = NULL,
                created_at = created_at - interval '25 hours' WHERE user_id = $1`,
        [creator.id],
      );
      world.sandbox.expireIdempotencyKeys();
      await onboard().expect(200);
      expect(
        world.sandbox.books().accounts.filter((row) => row.metadata.user_id === creator.id),
      ).toHaveLength(1);
    });
  });
});

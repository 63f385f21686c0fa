import { randomUUID } from 'node:crypto';
import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const HOUR_MS = 3_600_000;
const CREATE = { method: 'POST', path: '^/v1/transfers$' };

describe('seller transfers', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let admin: Actor;

  beforeAll(async () => {
    world = await MoneyWorld.create();
    [seller, admin] = [await world.seller(), await world.admin()];
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
  });

  const retry = (
    transferId: string,
    actor: Actor = admin,
    body: object = { reason: 'asked by the seller' },
  ) =>
    world.test.http
      .post(api(`/admin/transfers/${transferId}/retry`))
      .set(actor.auth)
      .send(body);
  const code = (response: { body: unknown }): string =>
    (response.body as { error: { code: string } }).error.code;
  /** A paid order whose transfer was refused with this Stripe error. */
  const refusedOrder = async (stripeCode: string, status = 'failed'): Promise<PaidOrder> => {
    world.sandbox.orderFault({
      fault: 'status',
      status: 400,
      body: { error: { type: 'invalid_request_error', code: stripeCode, message: 'no' } },
      match: CREATE,
    });
    return world.paidOrder([seller], { transfers: status });
  };
  const moneyAtStripe = (orderId: string): number =>
    world.sandbox
      .books()
      .transfers.filter((row) => row.transferGroup === `order_${orderId}`)
      .reduce((sum, row) => sum + row.amountMinor, 0);
  const retryJobAt = async (ms: number): Promise<Record<string, number>> => {
    world.test.clock.advance(ms);
    return world.runRetryJob();
  };

  describe('the three callers of the one sending function persist stripe_transfer_id (invariant 13)', () => {
    it('processSellerTransfers: the completed order sends it', async () => {
      const order = await world.paidOrder([seller]);
      const transfer = await world.transfer(order.id);
      expect(transfer).toMatchObject({
        status: 'completed',
        amount: '2250',
        net_amount: '2250',
        withheld: '0',
      });
      expect(transfer.stripe_transfer_id).toMatch(/^tr_/);
      expect(
        world.sandbox.books().transfers.find((row) => row.id === transfer.stripe_transfer_id),
      ).toMatchObject({
        amountMinor: 2250,
        currency: 'eur',
        destination: seller.stripeAccountId,
        metadata: { seller_transfer_id: transfer.id, order_id: order.id },
      });
    });

    it('retry worker: a refused transfer is sent again at its time', async () => {
      const order = await refusedOrder('parameter_invalid_integer');
      expect(await world.transfer(order.id)).toMatchObject({
        stripe_transfer_id: null,
        definite_failures: 1,
        attempt_epoch: 1,
      });
      expect((await world.runRetryJob()).transfers_completed).toBeUndefined();
      await retryJobAt(61_000);
      const transfer = await world.transfer(order.id);
      expect(transfer.status).toBe('completed');
      expect(transfer.stripe_transfer_id).toMatch(/^tr_/);
      expect(moneyAtStripe(order.id)).toBe(2250);
    });

    it('admin retry: sends at once and writes down who asked and why', async () => {
      const order = await refusedOrder('parameter_invalid_integer');
      const { id } = await world.transfer(order.id);
      const response = await retry(id).expect(200);
      const transfer = await world.transfer(order.id);
      expect(transfer.stripe_transfer_id).toMatch(/^tr_/);
      expect((response.body as { data: object }).data).toMatchObject({
        id,
        status: 'completed',
        stripe_transfer_id: transfer.stripe_transfer_id,
        amount: 2250,
      });
      const trail = await world.test.sql(
        `SELECT user_id, details, old_values FROM audit_logs WHERE action = 'transfer.retry' AND resource_id = $1`,
        [id],
      );
      expect(trail).toMatchObject([
        { user_id: admin.id, details: { reason: 'asked by the seller' }, old_values: { status: 'failed' } },
      ]);
    });
  });

  describe('an answer without a usable id (S0, invariant 14)', () => {
    it.each([
      ['an empty id', { fault: 'empty_id' as const }],
      ['an empty object', { fault: 'empty_object' as const }],
      ['a 500 without an error', { fault: 'status' as const, status: 500, body: { message: 'upstream' } }],
    ])('%s: the transfer is failed, never completed, and nothing is paid twice', async (_, fault) => {
      world.sandbox.orderFault({ ...fault, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'failed' });
      const failed = await world.transfer(order.id);
      expect(failed).toMatchObject({
        stripe_transfer_id: null,
        failure_code: 'EMPTY_TRANSFER_ID',
        outcome_unknown: true,
        attempt_epoch: 0,
      });
      await retryJobAt(31_000);
      const transfer = await world.transfer(order.id);
      expect(transfer).toMatchObject({ status: 'completed', outcome_unknown: false });
      expect(
        world.sandbox.books().transfers.filter((row) => row.transferGroup === `order_${order.id}`),
      ).toMatchObject([{ id: transfer.stripe_transfer_id }]);
    });

    it('the admin retry looks it up as well before it sends', async () => {
      world.sandbox.orderFault({ fault: 'empty_id', match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'failed' });
      const { id } = await world.transfer(order.id);
      world.sandbox.expireIdempotencyKeys();
      await retry(id).expect(200);
      expect((await world.transfer(order.id)).stripe_transfer_id).toBe(
        world.sandbox.books().transfers.find((row) => row.transferGroup === `order_${order.id}`)!.id,
      );
      expect(moneyAtStripe(order.id)).toBe(2250);
    });

    it.each([
      ['completed', ''],
      ['completed', null],
      ['reversal_pending', null],
    ])('the database refuses a %s transfer with the id %j (invariant 13)', async (status, id) => {
      const order = await world.paidOrder([seller]);
      const change = world.test.sql(
        'UPDATE seller_transfers SET status = $2, stripe_transfer_id = $3 WHERE order_id = $1',
        [order.id, status, id],
      );
      await expect(change).rejects.toMatchObject({ code: '23514' });
    });

    it('the database refuses one provider id on two transfers (invariant 13, S0 migration 981)', async () => {
      const [first, second] = [await world.paidOrder([seller]), await world.paidOrder([seller])];
      const { stripe_transfer_id: id } = await world.transfer(first.id);
      await expect(
        world.test.sql('UPDATE seller_transfers SET stripe_transfer_id = $2 WHERE order_id = $1', [
          second.id,
          id,
        ]),
      ).rejects.toMatchObject({ constraint: 'seller_transfers_stripe_transfer_uq' });
    });
  });

  describe('when nobody knows the outcome', () => {
    it.each([
      ['the answer is lost after the commit', { fault: 'drop_after_commit' as const, times: 2 }],
      ['the request is lost before the commit', { fault: 'drop_before_commit' as const, times: 2 }],
      ['the answer takes too long', { fault: 'delay' as const, delayMs: 1600 }],
      [
        'Stripe answers 500',
        { fault: 'status' as const, status: 500, body: { error: { type: 'api_error', message: 'x' } } },
      ],
    ])('is unknown when %s, looked up, and paid once', async (_, fault) => {
      world.sandbox.orderFault({ ...fault, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'unknown' });
      expect(await world.transfer(order.id)).toMatchObject({ outcome_unknown: true, attempt_epoch: 0 });
      await retryJobAt(31_000);
      const transfer = await world.transfer(order.id);
      expect(transfer.status).toBe('completed');
      expect(transfer.attempt_epoch).toBe(0);
      expect(moneyAtStripe(order.id)).toBe(2250);
    });

    it('finds it after a day, when Stripe has forgotten the key, and pays nothing twice', async () => {
      world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'unknown' });
      world.sandbox.expireIdempotencyKeys();
      await retryJobAt(25 * HOUR_MS);
      expect((await world.transfer(order.id)).status).toBe('completed');
      expect(moneyAtStripe(order.id)).toBe(2250);
    });

    it('stays unknown while the lookup fails', async () => {
      world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'unknown' });
      world.sandbox.orderFault({
        fault: 'status',
        status: 503,
        match: { method: 'GET', path: '/v1/transfers' },
      });
      await retryJobAt(31_000);
      expect((await world.transfer(order.id)).status).toBe('unknown');
      await retryJobAt(121_000);
      expect((await world.transfer(order.id)).status).toBe('completed');
    });

    it('takes over from a process that died while it was sending', async () => {
      world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'unknown' });
      // What a kill between the provider's answer and its storing leaves behind.
      await world.test.sql(
        `UPDATE seller_transfers SET status = 'processing', outcome_unknown = false, claim_id = $2,
                lease_until = now() - interval '1 second' WHERE order_id = $1`,
        [order.id, randomUUID()],
      );
      expect(await world.runRetryJob()).toMatchObject({ leases_expired: 1, transfers_completed: 1 });
      expect((await world.transfer(order.id)).status).toBe('completed');
      expect(moneyAtStripe(order.id)).toBe(2250);
    });
  });

  describe('an answer that comes late', () => {
    const heldOrder = async (): Promise<PaidOrder> => {
      world.sandbox.orderFault({ fault: 'hold', match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'processing' });
      await waitFor(() => world.sandbox.holds()[0]);
      await world.test.sql(
        `UPDATE seller_transfers SET lease_until = now() - interval '1 second' WHERE order_id = $1`,
        [order.id],
      );
      return order;
    };

    it('changes nothing when another process has found the transfer meanwhile', async () => {
      const order = await heldOrder();
      expect(await world.runRetryJob()).toMatchObject({ leases_expired: 1, transfers_completed: 1 });
      const settled = await world.transfer(order.id);
      world.sandbox.releaseHolds();
      await world.quiet();
      expect(await world.transfer(order.id)).toEqual(settled);
      expect(moneyAtStripe(order.id)).toBe(2250);
    });

    it('still counts when nobody has looked yet', async () => {
      const order = await heldOrder();
      world.sandbox.orderFault({
        fault: 'status',
        status: 500,
        match: { method: 'GET', path: '/v1/transfers' },
      });
      expect(await world.runRetryJob()).toMatchObject({ leases_expired: 1, transfers_unknown: 1 });
      world.sandbox.releaseHolds();
      await world.transfersAre(order.id, 'completed');
      expect(moneyAtStripe(order.id)).toBe(2250);
    });

    it('puts a second transfer of one row on the list instead of into the books', async () => {
      const order = await heldOrder();
      const { id } = await world.transfer(order.id);
      await world.test.sql(
        `UPDATE seller_transfers SET status = 'failed', attempt_epoch = 1, claim_id = NULL, lease_until = NULL
          WHERE id = $1`,
        [id],
      );
      world.sandbox.releaseHolds();
      await waitFor(() => world.exceptions('stray_transfer', order.id));
      expect(await world.transfer(order.id)).toMatchObject({ status: 'failed', stripe_transfer_id: null });
      // Nobody ever lowers an epoch; here it makes the books whole again.
      await world.test.sql(
        `UPDATE seller_transfers SET attempt_epoch = 0, outcome_unknown = true, next_retry_at = now() WHERE id = $1`,
        [id],
      );
      await retryJobAt(1000);
      expect((await world.transfer(order.id)).status).toBe('completed');
    });
  });

  describe('refusals by class', () => {
    it('balance_insufficient is retried for days, with a new key each time, and never gives up', async () => {
      world.sandbox.updateSettings({ platformBalanceMinor: { eur: 0 } });
      const order = await world.paidOrder([seller], { transfers: 'failed' });
      for (const waitMs of [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS, 24 * HOUR_MS, 24 * HOUR_MS, 24 * HOUR_MS]) {
        const { attempt_epoch: epoch } = await world.transfer(order.id);
        await retryJobAt(waitMs - 1000);
        expect((await world.transfer(order.id)).attempt_epoch).toBe(epoch);
        await retryJobAt(1000);
        expect(await world.transfer(order.id)).toMatchObject({
          status: 'failed',
          failure_code: 'balance_insufficient',
          definite_failures: 0,
          attempt_epoch: epoch + 1,
        });
      }
      world.sandbox.updateSettings({ platformBalanceMinor: null });
      await retryJobAt(24 * HOUR_MS);
      expect((await world.transfer(order.id)).status).toBe('completed');
    });

    it('five other definite refusals are permanently_failed and on the list; the admin can still retry', async () => {
      const order = await refusedOrder('parameter_invalid_integer');
      for (let tries = 2; tries <= 5; tries += 1) {
        world.sandbox.orderFault({
          fault: 'status',
          status: 400,
          body: {
            error: { type: 'invalid_request_error', code: 'parameter_invalid_integer', message: 'no' },
          },
          match: CREATE,
        });
        await retryJobAt(7 * HOUR_MS);
      }
      const transfer = await world.transfer(order.id);
      expect(transfer).toMatchObject({
        status: 'permanently_failed',
        definite_failures: 5,
        next_retry_at: null,
      });
      expect(await world.exceptions('transfer_permanently_failed', order.id)).toBe(1);
      await retryJobAt(24 * HOUR_MS);
      expect((await world.transfer(order.id)).status).toBe('permanently_failed');
      world.test.clock.reset();
      await retry(transfer.id).expect(200);
      expect((await world.transfer(order.id)).status).toBe('completed');
    });

    it('a refused account waits for account.updated', async () => {
      const order = await refusedOrder('transfers_not_allowed', 'blocked_account');
      expect((await world.runRetryJob()).transfers_completed).toBeUndefined();
      await world.makeReady(seller.id, seller.stripeAccountId);
      world.sandbox.restrictAccount(seller.stripeAccountId);
      world.sandbox.readyAccount(seller.stripeAccountId);
      await world.transfersAre(order.id, 'completed');
    });

    it('our wrong key burns no attempt', async () => {
      world.sandbox.orderFault({
        fault: 'status',
        status: 401,
        body: { error: { type: 'invalid_request_error', message: 'Invalid API Key' } },
        match: CREATE,
      });
      const order = await world.paidOrder([seller], { transfers: 'failed' });
      expect(await world.transfer(order.id)).toMatchObject({
        failure_code: 'PROVIDER_MISCONFIGURED',
        definite_failures: 0,
      });
      await retryJobAt(11 * 60_000);
      expect((await world.transfer(order.id)).status).toBe('completed');
    });
  });

  it('two runs of the job and eight administrators at once make one transfer', async () => {
    const order = await refusedOrder('parameter_invalid_integer');
    const { id } = await world.transfer(order.id);
    world.test.clock.advance(61_000);
    const [first, second, ...answers] = await Promise.all([
      world.runRetryJob(),
      world.runRetryJob(),
      ...Array.from({ length: 8 }, () => retry(id).then((response) => response.status)),
    ]);
    const ofJobs = [first, second].map((counts) => counts.transfers_completed ?? 0);
    const ofAdmins = answers.map((status) => (status === 200 ? 1 : 0));
    expect([...ofJobs, ...ofAdmins].reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(answers.every((status) => status === 200 || status === 409)).toBe(true);
    expect(
      world.sandbox.books().transfers.filter((row) => row.transferGroup === `order_${order.id}`),
    ).toHaveLength(1);
  });

  it('keeps one transfer per seller of an order, each of its own share', async () => {
    const other = await world.seller();
    const order = await world.paidOrder([seller, other], { priceMinor: 1005 });
    const rows = await world.transfers(order.id);
    expect(rows.map((row) => [row.seller_id, row.amount]).sort()).toEqual(
      [
        [seller.id, '904'],
        [other.id, '904'],
      ].sort(),
    );
  });

  it('sends the others although the one that is due the longest cannot be sent', async () => {
    const blocked = await world.seller({ isReady: false });
    const broken = await world.paidOrder([blocked], { transfers: 'blocked_account' });
    const order = await refusedOrder('balance_insufficient');
    await world.test.sql(
      `UPDATE seller_transfers SET status = 'unknown', outcome_unknown = true, next_retry_at = created_at
        WHERE order_id = $1`,
      [broken.id],
    );
    try {
      expect(await retryJobAt(HOUR_MS)).toMatchObject({ broken: 1, transfers_completed: 1 });
      expect((await world.transfer(order.id)).status).toBe('completed');
    } finally {
      await world.test.sql(
        `UPDATE seller_transfers SET status = 'blocked_account', outcome_unknown = false WHERE order_id = $1`,
        [broken.id],
      );
    }
  });

  it('makes no transfer for a free order', async () => {
    const order = await world.placeOrder(await world.buyer(), [await world.product(seller, 0)]);
    await world.orderIs(order.id, 'completed');
    await world.quiet();
    expect(await world.transfers(order.id)).toEqual([]);
  });

  describe('POST /admin/transfers/:id/retry', () => {
    it('refuses what has nothing to retry, without a trace', async () => {
      const order = await world.paidOrder([seller]);
      const { id } = await world.transfer(order.id);
      const before = await world.test.sql('SELECT count(*) FROM audit_logs');
      const response = await retry(id).expect(409);
      expect(code(response)).toBe('TRANSFER_NOT_RETRYABLE');
      expect(await world.test.sql('SELECT count(*) FROM audit_logs')).toEqual(before);
    });

    it('refuses bad ids, missing reasons, strangers and the anonymous', async () => {
      const order = await refusedOrder('parameter_invalid_integer');
      const { id } = await world.transfer(order.id);
      expect(code(await retry('nonsense').expect(400))).toBe('VALIDATION_ERROR');
      expect(code(await retry(id, admin, {}).expect(400))).toBe('VALIDATION_ERROR');
      expect(code(await retry(randomUUID()).expect(404))).toBe('TRANSFER_NOT_FOUND');
      await retry(id, seller).expect(403);
      await world.test.http
        .post(api(`/admin/transfers/${id}/retry`))
        .send({ reason: 'please' })
        .expect(401);
      expect((await world.transfer(order.id)).status).toBe('failed');
      await retry(id).expect(200);
    });

    it('says that another process is sending it at the moment', async () => {
      const order = await refusedOrder('parameter_invalid_integer');
      const { id } = await world.transfer(order.id);
      world.sandbox.orderFault({ fault: 'hold', match: CREATE });
      const first = retry(id).then((response) => response);
      await waitFor(() => world.sandbox.holds().length > 0);
      expect(code(await retry(id).expect(409))).toBe('TRANSFER_IN_FLIGHT');
      world.sandbox.releaseHolds();
      expect((await first).status).toBe(200);
    });
  });

  describe('GET /admin/transfers', () => {
    it('lists by status, page and cursor for administrators only', async () => {
      const order = await world.paidOrder([seller]);
      const list = (query: string, actor: Actor = admin) =>
        world.test.http.get(api(`/admin/transfers${query}`)).set(actor.auth);
      const first = await list('?status=completed&limit=1').expect(200);
      expect(first.body).toMatchObject({
        data: [{ order_id: order.id, seller_id: seller.id, status: 'completed', retry_count: 0 }],
        pagination: { limit: 1, has_next: true },
      });
      const cursor = (first.body as { pagination: { next_cursor: string } }).pagination.next_cursor;
      await list(`?limit=1&cursor=${cursor}`).expect(200);
      expect(code(await list('?status=nonsense').expect(400))).toBe('VALIDATION_ERROR');
      await list('', seller).expect(403);
      await world.test.http.get(api('/admin/transfers')).expect(401);
    });
  });
});

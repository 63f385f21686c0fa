import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const CREATE = { method: 'POST', path: '^/v1/transfers$' };
const REVERSE = { method: 'POST', path: '/reversals$' };
const REASON = { reason: 'asked by the bank' };

const code = (response: { body: unknown }): string =>
  (response.body as { error: { code: string } }).error.code;
const data = (response: { body: unknown }): unknown => (response.body as { data: unknown }).data;

describe('controls over transfers', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let admin: Actor;

  beforeAll(async () => {
    world = await MoneyWorld.create({ FOUR_EYES_AMOUNT: '50000', PSP_TIMEOUT: '10s' });
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

  const post = (path: string, actor: Actor | null = admin, body: object = REASON) =>
    world.test.http
      .post(api(path))
      .set(actor?.auth ?? {})
      .send(body);
  const audited = (action: string, resourceId: string | null) =>
    world.test.sql(
      `SELECT user_id, details, old_values, new_values FROM audit_logs
        WHERE action = $1 AND resource_id IS NOT DISTINCT FROM $2 ORDER BY created_at DESC LIMIT 1`,
      [action, resourceId],
    );
  const everything = async (): Promise<unknown> =>
    Promise.all(
      ['transfer_pauses', 'seller_transfers', 'approvals', 'audit_logs'].map((table) =>
        world.test.sql(`SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM ${table} t`),
      ),
    );
  /** A sale whose transfer was refused once. */
  const refusedOrder = async (priceMinor = 2500): Promise<PaidOrder> => {
    const error = { type: 'invalid_request_error', code: 'parameter_invalid_integer', message: 'no' };
    world.sandbox.orderFault({ fault: 'status', status: 400, body: { error }, match: CREATE });
    return world.paidOrder([seller], { priceMinor, transfers: 'failed' });
  };
  const isPending = async (order: PaidOrder): Promise<void> => {
    await world.quiet();
    await world.runRetryJob();
    expect((await world.transfer(order.id)).status).toBe('pending');
  };

  describe('POST /admin/transfers/pause and /resume', () => {
    it('sends nothing to anybody while it is paused, and goes on afterwards', async () => {
      await post('/admin/transfers/pause').expect(200);
      expect(await audited('transfers.pause', null)).toMatchObject([
        { user_id: admin.id, details: REASON, old_values: { paused: false }, new_values: { paused: true } },
      ]);
      const order = await world.paidOrder([seller], { transfers: 'pending' });
      await isPending(order);
      const { id } = await world.transfer(order.id);
      expect(code(await post(`/admin/transfers/${id}/retry`).expect(409))).toBe('TRANSFERS_PAUSED');
      expect(code(await post('/admin/transfers/pause').expect(409))).toBe('TRANSFERS_ALREADY_PAUSED');
      await post('/admin/transfers/resume').expect(200);
      expect(await audited('transfers.resume', null)).toMatchObject([
        { user_id: admin.id, old_values: { paused: true }, new_values: { paused: false } },
      ]);
      expect(code(await post('/admin/transfers/resume').expect(409))).toBe('TRANSFERS_NOT_PAUSED');
      await world.runRetryJob();
      expect((await world.transfer(order.id)).status).toBe('completed');
    });

    it('still takes refunded money back', async () => {
      const order = await world.paidOrder([seller]);
      await post('/admin/transfers/pause').expect(200);
      await world.refunded(order);
      await world.transfersAre(order.id, 'reversed');
      await post('/admin/transfers/resume').expect(200);
    });

    it.each(['pause', 'resume'])('%s refuses missing reasons, strangers and the anonymous', async (verb) => {
      const before = await everything();
      expect(code(await post(`/admin/transfers/${verb}`, admin, {}).expect(400))).toBe('VALIDATION_ERROR');
      expect(code(await post(`/admin/transfers/${verb}`, seller).expect(403))).toBe(
        'AUTH_INSUFFICIENT_PERMISSIONS',
      );
      expect(code(await post(`/admin/transfers/${verb}`, null).expect(401))).toBe('AUTH_TOKEN_INVALID');
      expect(await everything()).toEqual(before);
    });
  });

  describe('POST /admin/sellers/:id/transfers/pause and /resume', () => {
    it('stops one seller and no other', async () => {
      const other = await world.seller();
      const listed = data(await post(`/admin/sellers/${seller.id}/transfers/pause`).expect(200));
      expect(listed).toMatchObject({
        paused_by_configuration: false,
        pauses: [{ seller_id: seller.id, reason: REASON.reason, paused_by: admin.id }],
      });
      const order = await world.paidOrder([seller], { transfers: 'pending' });
      await world.paidOrder([other]);
      await isPending(order);
      const seen = await world.test.http.get(api('/admin/transfers/pauses')).set(admin.auth).expect(200);
      expect(data(seen)).toEqual(listed);
      expect(code(await post(`/admin/sellers/${seller.id}/transfers/pause`).expect(409))).toBe(
        'TRANSFERS_ALREADY_PAUSED',
      );
      expect(data(await post(`/admin/sellers/${seller.id}/transfers/resume`).expect(200))).toMatchObject({
        pauses: [],
      });
      expect(code(await post(`/admin/sellers/${seller.id}/transfers/resume`).expect(409))).toBe(
        'TRANSFERS_NOT_PAUSED',
      );
      expect(await audited('transfers.resume', seller.id)).toMatchObject([{ details: REASON }]);
      await world.runRetryJob();
      expect((await world.transfer(order.id)).status).toBe('completed');
    });

    it.each(['pause', 'resume'])(
      '%s refuses bad ids, unknown sellers, strangers, the anonymous',
      async (verb) => {
        const before = await everything();
        const path = `/admin/sellers/${seller.id}/transfers/${verb}`;
        expect(code(await post(`/admin/sellers/nonsense/transfers/${verb}`).expect(400))).toBe(
          'VALIDATION_ERROR',
        );
        expect(code(await post(path, admin, { reason: 'x' }).expect(400))).toBe('VALIDATION_ERROR');
        expect(code(await post(`/admin/sellers/${randomUUID()}/transfers/${verb}`).expect(404))).toBe(
          'SELLER_NOT_FOUND',
        );
        expect(code(await post(path, seller).expect(403))).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
        expect(code(await post(path, null).expect(401))).toBe('AUTH_TOKEN_INVALID');
        expect(await everything()).toEqual(before);
      },
    );
  });

  it('GET /admin/transfers/pauses is for administrators', async () => {
    const get = (actor: Actor | null, query = '') =>
      world.test.http.get(api(`/admin/transfers/pauses${query}`)).set(actor?.auth ?? {});
    expect(data(await get(admin).expect(200))).toEqual({ paused_by_configuration: false, pauses: [] });
    expect(code(await get(seller).expect(403))).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
    expect(code(await get(null).expect(401))).toBe('AUTH_TOKEN_INVALID');
  });

  it('a pause is answered only when every claim that did not see it is made', async () => {
    const order = await refusedOrder();
    const { id } = await world.transfer(order.id);
    const blocker = new Client({ connectionString: world.test.database.url });
    await blocker.connect();
    try {
      // The claim has asked whether it may send and waits for the row that it writes.
      await blocker.query('BEGIN');
      await blocker.query('SELECT 1 FROM seller_transfers WHERE id = $1 FOR UPDATE', [id]);
      const sent = post(`/admin/transfers/${id}/retry`).then((response) => response);
      await waitFor(() => waitingFor('SELECT "SellerTransfer"%'), { what: 'a claim that waits' });
      let isPaused = false;
      const paused = post('/admin/transfers/pause').then((response) => {
        isPaused = true;
        return response;
      });
      await waitFor(() => waitingFor('%pg_advisory_xact_lock(%'), { what: 'a pause that waits' });
      expect(isPaused).toBe(false);
      await blocker.query('COMMIT');
      expect((await paused).status).toBe(200);
      expect((await sent).status).toBe(200);
    } finally {
      await blocker.end();
    }
    await world.transfersAre(order.id, 'completed');
    await post('/admin/transfers/resume').expect(200);
  });

  /** How many statements like this wait for a lock at the moment. */
  async function waitingFor(statement: string): Promise<number> {
    const rows = await world.test.sql(
      `SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`,
      [statement],
    );
    return rows.length;
  }

  describe('POST /admin/transfers/:id/cancel', () => {
    it('ends what never left; the money stays payable and an administrator may send it after all', async () => {
      const order = await refusedOrder();
      const { id } = await world.transfer(order.id);
      expect(data(await post(`/admin/transfers/${id}/cancel`).expect(200))).toMatchObject({
        id,
        status: 'canceled',
        next_retry_at: null,
      });
      expect(await audited('transfer.cancel', id)).toMatchObject([
        {
          user_id: admin.id,
          details: REASON,
          old_values: { status: 'failed' },
          new_values: { status: 'canceled' },
        },
      ]);
      world.test.clock.advance(86_400_000);
      await world.runRetryJob();
      world.test.clock.reset();
      expect((await world.transfer(order.id)).status).toBe('canceled');
      expect(await world.payable(seller.id)).toBe(2250);
      expect(code(await post(`/admin/transfers/${id}/cancel`).expect(409))).toBe('TRANSFER_NOT_CANCELABLE');
      await post(`/admin/transfers/${id}/retry`).expect(200);
      expect((await world.transfer(order.id)).status).toBe('completed');
    });

    it('cannot be taken for a sale that a debt used up', async () => {
      const first = await world.paidOrder([seller]);
      world.sandbox.orderFault({ fault: 'drop_before_commit', times: 2, match: REVERSE });
      await world.refunded(first);
      await waitFor(async () => (await world.reversals(first.id))[0]?.failure_code);
      const order = await world.paidOrder([seller], { transfers: 'pending' });
      await waitFor(async () => (await world.transfer(order.id)).failure_code === 'WITHHELD_FOR_DEBT');
      const { id } = await world.transfer(order.id);
      await post(`/admin/transfers/${id}/cancel`).expect(200);
      expect(await world.transfer(order.id)).toMatchObject({ status: 'canceled', failure_code: null });
      expect(await audited('transfer.cancel', id)).toMatchObject([
        { old_values: { status: 'pending', failure_code: 'WITHHELD_FOR_DEBT' } },
      ]);
      world.test.clock.advance(86_400_000);
      await world.runRetryJob();
      await world.transfersAre(first.id, 'reversed');
    });

    it('closes the cases about a transfer whose order is refunded', async () => {
      const order = await refusedOrder();
      const error = { type: 'invalid_request_error', code: 'parameter_invalid_integer', message: 'no' };
      world.sandbox.orderFault({ fault: 'status', status: 400, times: 4, body: { error }, match: CREATE });
      for (let attempt = 2; attempt <= 5; attempt += 1) {
        world.test.clock.advance(86_400_000);
        await world.runRetryJob();
      }
      world.test.clock.reset();
      await world.transfersAre(order.id, 'permanently_failed');
      await world.refunded(order);
      await world.transfersAre(order.id, 'reversed');
      expect(
        await world.test.sql(
          'SELECT kind FROM payment_exceptions WHERE order_id = $1 AND resolved_at IS NULL',
          [order.id],
        ),
      ).toEqual([]);
    });

    it('is reversed when its order is refunded', async () => {
      const order = await refusedOrder();
      const { id } = await world.transfer(order.id);
      await post(`/admin/transfers/${id}/cancel`).expect(200);
      await world.refunded(order);
      expect(await world.transfer(order.id)).toMatchObject({ status: 'reversed', reduced: '2250' });
    });

    it('refuses what has left or may have left, without a trace', async () => {
      const completed = await world.paidOrder([seller]);
      world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: CREATE });
      const unknown = await world.paidOrder([seller], { transfers: 'unknown' });
      const before = await everything();
      for (const order of [completed, unknown]) {
        const { id } = await world.transfer(order.id);
        expect(code(await post(`/admin/transfers/${id}/cancel`).expect(409))).toBe('TRANSFER_NOT_CANCELABLE');
      }
      expect(await everything()).toEqual(before);
      world.test.clock.advance(31_000);
      await world.runRetryJob();
      await world.transfersAre(unknown.id, 'completed');
    });

    it('refuses bad ids, missing reasons, unknown transfers, strangers and the anonymous', async () => {
      const order = await refusedOrder();
      const path = `/admin/transfers/${(await world.transfer(order.id)).id}/cancel`;
      const before = await everything();
      expect(code(await post('/admin/transfers/nonsense/cancel').expect(400))).toBe('VALIDATION_ERROR');
      expect(code(await post(path, admin, {}).expect(400))).toBe('VALIDATION_ERROR');
      expect(code(await post(`/admin/transfers/${randomUUID()}/cancel`).expect(404))).toBe(
        'TRANSFER_NOT_FOUND',
      );
      expect(code(await post(path, seller).expect(403))).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      expect(code(await post(path, null).expect(401))).toBe('AUTH_TOKEN_INVALID');
      expect(await everything()).toEqual(before);
    });
  });

  describe('a retry above FOUR_EYES_AMOUNT', () => {
    it('is asked of a second administrator, and sent once when he allows it', async () => {
      const order = await refusedOrder(100_000);
      const { id } = await world.transfer(order.id);
      const asked = await post(`/admin/transfers/${id}/retry`).expect(202);
      const { approval, status } = data(asked) as { status: string; approval: { id: string } };
      expect([status, approval]).toMatchObject([
        'failed',
        { action: 'transfer.retry', resource_id: id, amount: 90_000, status: 'pending' },
      ]);
      expect(code(await post(`/admin/transfers/${id}/retry`).expect(409))).toBe('APPROVAL_ALREADY_REQUESTED');
      expect(code(await post(`/admin/approvals/${approval.id}/approve`).expect(403))).toBe(
        'SECOND_ADMIN_REQUIRED',
      );
      expect((await world.transfer(order.id)).status).toBe('failed');
      await post(`/admin/approvals/${approval.id}/approve`, await world.admin()).expect((response) => {
        expect(response.status).toBeLessThan(300);
      });
      await world.transfersAre(order.id, 'completed');
      expect(await audited('transfer.retry', id)).toMatchObject([
        {
          user_id: admin.id,
          details: { ...REASON, approval_id: approval.id },
          old_values: { status: 'failed' },
        },
      ]);
      await waitFor(
        async () =>
          (
            await world.test.sql(`SELECT 1 FROM approvals WHERE id = $1 AND status = 'executed'`, [
              approval.id,
            ])
          ).length,
      );
      expect(
        world.sandbox.books().transfers.filter((row) => row.transferGroup === `order_${order.id}`),
      ).toHaveLength(1);
    });

    it('needs nobody for exactly that amount', async () => {
      const order = await refusedOrder(55_556);
      expect(await world.transfer(order.id)).toMatchObject({ net_amount: '50000' });
      await post(`/admin/transfers/${(await world.transfer(order.id)).id}/retry`).expect(200);
    });
  });
});

describe('hold days', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let admin: Actor;
  beforeAll(async () => {
    world = await MoneyWorld.create({ TRANSFER_HOLD_DAYS: '14' });
    [seller, admin] = [await world.seller(), await world.admin()];
  });
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
  afterAll(() => world.close());

  it('do not keep what was sent before their end from being looked up', async () => {
    const order = await world.paidOrder([seller], { transfers: 'pending' });
    world.sandbox.orderFault({ fault: 'drop_after_commit', times: 2, match: CREATE });
    await world.test.http
      .post(api(`/admin/transfers/${(await world.transfer(order.id)).id}/retry`))
      .set(admin.auth)
      .send({ ...REASON, ignore_hold: true })
      .expect(200);
    expect((await world.transfer(order.id)).status).toBe('unknown');
    world.test.clock.advance(31_000);
    await world.runRetryJob();
    expect((await world.transfer(order.id)).status).toBe('completed');
  });

  it('an administrator honours them unless he says otherwise, with a reason', async () => {
    const order = await world.paidOrder([seller], { transfers: 'pending' });
    const { id } = await world.transfer(order.id);
    const retry = (body: object) =>
      world.test.http
        .post(api(`/admin/transfers/${id}/retry`))
        .set(admin.auth)
        .send(body);
    expect(code(await retry(REASON).expect(409))).toBe('TRANSFER_ON_HOLD');
    expect(code(await retry({ ignore_hold: true }).expect(400))).toBe('VALIDATION_ERROR');
    expect((await world.transfer(order.id)).status).toBe('pending');
    await retry({ ...REASON, ignore_hold: true }).expect(200);
    expect((await world.transfer(order.id)).status).toBe('completed');
    expect(
      await world.test.sql(
        `SELECT details FROM audit_logs WHERE action = 'transfer.retry' AND resource_id = $1`,
        [id],
      ),
    ).toMatchObject([{ details: { ...REASON, ignore_hold: true } }]);
  });
});

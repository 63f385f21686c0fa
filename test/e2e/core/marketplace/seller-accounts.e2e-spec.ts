import { type Actor, api, newActor, waitFor } from '../../../support/index.js';
import { MoneyWorld, type Seller } from './money-world.js';

const data = (response: { body: unknown }): unknown => (response.body as { data: unknown }).data;
const code = (response: { body: unknown }): string =>
  (response.body as { error: { code: string } }).error.code;

describe('seller accounts and balances', () => {
  let world: MoneyWorld;
  let creator: Actor;

  beforeAll(async () => {
    world = await MoneyWorld.create();
  });
  beforeEach(async () => {
    creator = await newActor(world.test, { role: 'creator' });
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  const onboard = (actor: Actor) =>
    world.test.http.post(api('/marketplace/seller/connect/onboard')).set(actor.auth);
  const status = (actor: Actor) =>
    world.test.http.get(api('/marketplace/seller/connect/status')).set(actor.auth);
  const accountsOf = (userId: string) =>
    world.sandbox.books().accounts.filter((row) => row.metadata.user_id === userId);

  describe('POST /marketplace/seller/connect/onboard', () => {
    it('makes the account once and hands out a fresh link each time, which is stored nowhere', async () => {
      const first = data(await onboard(creator).expect(200)) as { url: string; expires_at: string };
      const second = data(await onboard(creator).expect(200)) as { url: string };
      expect(first.url).toMatch(/^http/);
      expect(second.url).not.toBe(first.url);
      expect(new Date(first.expires_at).getTime()).toBeGreaterThan(Date.now());
      expect(accountsOf(creator.id)).toHaveLength(1);
      const rows = await world.test.sql('SELECT * FROM connect_accounts WHERE user_id = $1', [creator.id]);
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(first.url);
    });

    it('ten parallel clicks make one account', async () => {
      const responses = await Promise.all(Array.from({ length: 10 }, () => onboard(creator)));
      expect(responses.map((response) => response.status)).toEqual(Array.from({ length: 10 }, () => 200));
      expect(accountsOf(creator.id)).toHaveLength(1);
      expect(
        await world.test.sql('SELECT 1 FROM connect_accounts WHERE user_id = $1', [creator.id]),
      ).toHaveLength(1);
    });

    it('finds the account again when the answer to its creation was lost', async () => {
      world.sandbox.orderFault({
        fault: 'drop_after_commit',
        times: 2,
        match: { method: 'POST', path: '^/v1/accounts$' },
      });
      await onboard(creator).expect(200);
      expect(accountsOf(creator.id)).toHaveLength(1);
    });

    it('answers 503 when the provider does not, and makes nothing twice later', async () => {
      world.sandbox.orderFault({
        fault: 'status',
        status: 500,
        times: 20,
        match: { path: '^/v1/account_links$' },
      });
      expect(code(await onboard(creator).expect(503))).toBe('PAYOUT_PROVIDER_UNAVAILABLE');
      world.sandbox.clearFaults();
      await onboard(creator).expect(200);
      expect(accountsOf(creator.id)).toHaveLength(1);
    });

    it('asks with a new key after a definite refusal, and keeps the words of the provider to itself', async () => {
      world.sandbox.orderFault({
        fault: 'status',
        status: 400,
        body: {
          error: { type: 'invalid_request_error', code: 'country_unsupported', message: 'secret words' },
        },
        match: { path: '^/v1/accounts$' },
      });
      const refused = await onboard(creator).expect(422);
      expect(code(refused)).toBe('PAYOUT_PROVIDER_REFUSED');
      expect(JSON.stringify(refused.body)).not.toContain('secret words');
      await onboard(creator).expect(200);
      expect(accountsOf(creator.id)).toHaveLength(1);
    });

    it('is for creators: users get 403, strangers 401, and nothing is made', async () => {
      const user = await world.buyer();
      await onboard(user).expect(403);
      await world.test.http.post(api('/marketplace/seller/connect/onboard')).expect(401);
      await onboard(creator).send({ surprise: true });
      expect(accountsOf(user.id)).toEqual([]);
      expect(await world.test.sql('SELECT 1 FROM connect_accounts WHERE user_id = $1', [user.id])).toEqual(
        [],
      );
    });
  });

  describe('GET /marketplace/seller/connect/status', () => {
    it('tells what is missing, and reads the account again instead of believing a return', async () => {
      expect(data(await status(creator).expect(200))).toMatchObject({
        connected: false,
        transfers_enabled: false,
      });
      await onboard(creator).expect(200);
      expect(data(await status(creator).expect(200))).toMatchObject({
        connected: true,
        transfers_enabled: false,
      });
      world.sandbox.orderFault({ webhook: 'lose', match: { type: 'account' } });
      world.sandbox.readyAccount(accountsOf(creator.id)[0]!.id);
      expect(data(await status(creator).expect(200))).toMatchObject({
        connected: true,
        transfers_enabled: true,
        payouts_enabled: true,
        requirements: { currently_due: [], past_due: [], disabled_reason: null },
      });
    });

    it('answers what it knows when the provider does not answer', async () => {
      await onboard(creator).expect(200);
      world.sandbox.orderFault({
        fault: 'status',
        status: 500,
        match: { method: 'GET', path: '/v1/accounts/' },
      });
      expect(data(await status(creator).expect(200))).toMatchObject({ connected: true });
    });

    it('shows each caller only their own, and nothing to the anonymous', async () => {
      await onboard(creator).expect(200);
      expect(data(await status(await world.buyer()).expect(200))).toMatchObject({ connected: false });
      await world.test.http.get(api('/marketplace/seller/connect/status')).expect(401);
    });
  });

  describe('account.updated', () => {
    it('sends what waited for the account, once', async () => {
      const seller = await world.seller({ isReady: false });
      const order = await world.paidOrder([seller], { transfers: 'blocked_account' });
      expect((await world.transfer(order.id)).failure_code).toBe('ACCOUNT_NOT_READY');
      await world.makeReady(seller.id, seller.stripeAccountId);
      await world.transfersAre(order.id, 'completed');
      const event = world.sandbox
        .events()
        .find((row) => row.type === 'account.updated' && row.account === seller.stripeAccountId);
      world.sandbox.resendWebhook(event!.id);
      await world.quiet();
      expect(
        world.sandbox.books().transfers.filter((row) => row.destination === seller.stripeAccountId),
      ).toHaveLength(1);
    });

    it('is read again, so that an old event cannot enable a restricted account', async () => {
      const seller = await world.seller();
      world.sandbox.restrictAccount(seller.stripeAccountId);
      await waitFor(
        async () =>
          (
            await world.test.sql(
              'SELECT 1 FROM connect_accounts WHERE user_id = $1 AND NOT transfers_enabled',
              [seller.id],
            )
          ).length,
      );
      const order = await world.paidOrder([seller], { transfers: 'blocked_account' });
      expect((await world.transfer(order.id)).stripe_transfer_id).toBeNull();
      await world.makeReady(seller.id, seller.stripeAccountId);
      await world.transfersAre(order.id, 'completed');
    });

    it('is read again when something newer was stored while the answer was on its way', async () => {
      const seller = await world.seller({ isReady: false });
      await world.quiet();
      world.sandbox.orderFault({ fault: 'hold', match: { method: 'GET', path: '^/v1/accounts/' } });
      const status = world.test.http
        .get(api('/marketplace/seller/connect/status'))
        .set(seller.auth)
        .then((response) => response.status);
      await waitFor(() => world.sandbox.holds()[0]);
      await world.makeReady(seller.id, seller.stripeAccountId);
      world.sandbox.releaseHolds();
      expect(await status).toBe(200);
      await world.quiet();
      expect(
        await world.test.sql('SELECT transfers_enabled FROM connect_accounts WHERE user_id = $1', [
          seller.id,
        ]),
      ).toEqual([{ transfers_enabled: true }]);
    });

    it('notices a seller who took the permission back', async () => {
      const seller = await world.seller();
      world.sandbox.deauthorizeAccount(seller.stripeAccountId);
      await waitFor(
        async () =>
          (
            await world.test.sql(
              'SELECT 1 FROM connect_accounts WHERE user_id = $1 AND NOT transfers_enabled',
              [seller.id],
            )
          ).length,
      );
    });

    it('a sale of a seller without any account waits', async () => {
      const order = await world.paidOrder([creator], { transfers: 'blocked_account' });
      await onboard(creator).expect(200);
      await world.makeReady(creator.id, accountsOf(creator.id)[0]!.id);
      await world.transfersAre(order.id, 'completed');
    });
  });

  describe('GET /marketplace/seller/balance and /transfers', () => {
    const balance = (actor: Actor) => world.test.http.get(api('/marketplace/seller/balance')).set(actor.auth);
    const transfers = (actor: Actor, query = '') =>
      world.test.http.get(api(`/marketplace/seller/transfers${query}`)).set(actor.auth);

    it('follows the money from the sale to the account and back', async () => {
      const seller: Seller = await world.seller({ isReady: false });
      expect(data(await balance(seller).expect(200))).toEqual([]);
      const order = await world.paidOrder([seller], { transfers: 'blocked_account' });
      const line = { currency: 'EUR', available: 2250, pending: 2250, in_transit: 0, debt: 0 };
      expect(data(await balance(seller).expect(200))).toEqual([line]);
      world.sandbox.orderFault({ fault: 'hold', match: { method: 'POST', path: '^/v1/transfers$' } });
      await world.makeReady(seller.id, seller.stripeAccountId);
      await waitFor(() => world.sandbox.holds()[0]);
      expect(data(await balance(seller).expect(200))).toEqual([
        { ...line, available: 0, pending: 0, in_transit: 2250 },
      ]);
      world.sandbox.releaseHolds();
      await world.transfersAre(order.id, 'completed');
      expect(data(await balance(seller).expect(200))).toEqual([{ ...line, available: 0, pending: 0 }]);
      await world.refunded(order);
      await world.transfersAre(order.id, 'reversed');
      expect(data(await balance(seller).expect(200))).toEqual([{ ...line, available: 0, pending: 0 }]);
    });

    it('keeps currencies apart', async () => {
      const seller = await world.seller({ isReady: false });
      for (const currency of ['EUR', 'USD']) {
        const order = await world.placeOrder(await world.buyer(), [
          await world.product(seller, 1000, currency),
        ]);
        await world.pay(order);
        await world.transfersAre(order.id, 'blocked_account');
      }
      expect(data(await balance(seller).expect(200))).toMatchObject([
        { currency: 'EUR', available: 900 },
        { currency: 'USD', available: 900 },
      ]);
    });

    it('lists the own transfers by status, page and cursor, and nobody else sees them', async () => {
      const seller = await world.seller();
      const [first, second] = [await world.paidOrder([seller]), await world.paidOrder([seller])];
      const page = await transfers(seller, '?limit=1&status=completed').expect(200);
      expect(page.body).toMatchObject({
        data: [
          { order_id: second.id, status: 'completed', amount: 2250, net_amount: 2250, platform_fee: 250 },
        ],
        pagination: { total: 2, has_next: true },
      });
      expect((data(page) as object[])[0]).not.toHaveProperty('error_message');
      const cursor = (page.body as { pagination: { next_cursor: string } }).pagination.next_cursor;
      const next = await transfers(seller, `?limit=1&status=completed&cursor=${cursor}`).expect(200);
      expect(data(next)).toMatchObject([{ order_id: first.id }]);
      const other = await world.seller();
      expect(data(await transfers(other).expect(200))).toEqual([]);
      expect(code(await transfers(other, `?limit=1&cursor=${cursor}`).expect(400))).toBe('INVALID_CURSOR');
    });

    it('refuses bad queries and the anonymous', async () => {
      expect(code(await transfers(creator, '?status=nonsense').expect(400))).toBe('VALIDATION_ERROR');
      expect(code(await transfers(creator, '?limit=1000').expect(400))).toBe('VALIDATION_ERROR');
      expect(code(await transfers(creator, '?cursor=nonsense').expect(400))).toBe('INVALID_CURSOR');
      await world.test.http.get(api('/marketplace/seller/transfers')).expect(401);
      await world.test.http.get(api('/marketplace/seller/balance')).expect(401);
    });
  });
});

describe('payouts as they are configured', () => {
  let world: MoneyWorld;
  afterEach(() => world.close());

  it('TRANSFER_HOLD_DAYS: sends nothing before its time', async () => {
    world = await MoneyWorld.create({ TRANSFER_HOLD_DAYS: '14' });
    const seller = await world.seller();
    const order = await world.paidOrder([seller], { transfers: 'pending' });
    await world.quiet();
    await world.runRetryJob();
    expect((await world.transfer(order.id)).status).toBe('pending');
    world.test.clock.advance(14 * 86_400_000);
    await world.runRetryJob();
    expect((await world.transfer(order.id)).status).toBe('completed');
    await world.expectBooksToAgree();
  });

  it('TRANSFERS_PAUSED: sends nothing at all, not even for an administrator', async () => {
    world = await MoneyWorld.create({ TRANSFERS_PAUSED: 'true' });
    const seller = await world.seller();
    const order = await world.paidOrder([seller], { transfers: 'pending' });
    await world.quiet();
    await world.runRetryJob();
    const { id, status } = await world.transfer(order.id);
    expect(status).toBe('pending');
    const admin = await world.admin();
    const response = await world.test.http
      .post(api(`/admin/transfers/${id}/retry`))
      .set(admin.auth)
      .send({ reason: 'please' })
      .expect(409);
    expect(code(response)).toBe('TRANSFERS_PAUSED');
    expect(world.sandbox.books().transfers).toEqual([]);
    await world.expectBooksToAgree();
  });

  it('without a Stripe key: sales work, transfers wait, onboarding and retry answer 503', async () => {
    world = await MoneyWorld.create({ STRIPE_SECRET_KEY: '' });
    const creator = await newActor(world.test, { role: 'creator' });
    const order = await world.paidOrder([creator], { transfers: 'pending' });
    const refused = await world.test.http
      .post(api('/marketplace/seller/connect/onboard'))
      .set(creator.auth)
      .expect(503);
    expect(code(refused)).toBe('PROVIDER_NOT_CONFIGURED');
    expect(await world.test.sql('SELECT 1 FROM connect_accounts')).toEqual([]);
    await world.runRetryJob();
    const { id } = await world.transfer(order.id);
    const admin = await world.admin();
    const retry = await world.test.http
      .post(api(`/admin/transfers/${id}/retry`))
      .set(admin.auth)
      .send({ reason: 'please' })
      .expect(503);
    expect(code(retry)).toBe('PROVIDER_NOT_CONFIGURED');
    await world.refunded(order);
    expect((await world.transfer(order.id)).status).toBe('reversed');
    await world.expectBooksToAgree();
  });
});

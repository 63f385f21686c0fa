import { Client } from 'pg';
import { PayoutsService } from '../../../../src/core/marketplace/payouts/index.js';
import { api, newActor, waitFor } from '../../../support/index.js';
import { MoneyWorld, type Seller } from './money-world.js';

const CREATE = { method: 'POST', path: '^/v1/transfers$' };

describe('locks of payouts (07 7.6.23)', () => {
  let world: MoneyWorld;
  let seller: Seller;
  let other: Client;

  beforeAll(async () => {
    world = await MoneyWorld.create({ PSP_TIMEOUT: '10s' });
  });
  beforeEach(async () => {
    seller = await world.seller();
    other = new Client({ connectionString: world.test.database.url });
    await other.connect();
    await other.query('BEGIN');
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await other.end();
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  const waiters = async (statement: string): Promise<number> =>
    (
      await world.test.sql(
        `SELECT 1 FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`,
        [statement],
      )
    ).length;

  it('the first row of an order is made in the order of a refund: no deadlock with it', async () => {
    await world.test.sql(`
      CREATE FUNCTION delay_opening() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.due_at := now() + interval '1 hour'; RETURN NEW; END $$;
      CREATE TRIGGER delay_opening BEFORE INSERT ON outbox_deliveries
        FOR EACH ROW WHEN (NEW.handler = 'payouts.open-transfers') EXECUTE FUNCTION delay_opening()`);
    const order = await world.paidOrder([seller], { transfers: null });
    await world.test.sql('DROP TRIGGER delay_opening ON outbox_deliveries; DROP FUNCTION delay_opening()');
    await other.query('SELECT 1 FROM orders WHERE id = $1 FOR UPDATE', [order.id]);
    const opened = world.test.app.get(PayoutsService, { strict: false }).processSellerTransfers({
      orderId: order.id,
      currency: 'EUR',
      sellers: [{ sellerId: seller.id, netAmountMinor: 2250, platformFeeMinor: 250 }],
    });
    await waitFor(() => waiters('%'), { what: 'the opening to wait for the order' });
    // What a refund does next. With the opening's own row in the way each would wait for the other.
    await other.query(`SET LOCAL lock_timeout = '300ms'`);
    await other.query('INSERT INTO payout_orders (order_id) VALUES ($1) ON CONFLICT DO NOTHING', [order.id]);
    await other.query('COMMIT');
    await opened;
    await world.transfersAre(order.id, 'completed');
  });

  it('a snapshot of an account and a claim take the account first: no deadlock between them', async () => {
    const error = { type: 'invalid_request_error', code: 'parameter_invalid_integer', message: 'no' };
    world.sandbox.orderFault({ fault: 'status', status: 400, body: { error }, match: CREATE });
    const order = await world.paidOrder([seller], { transfers: 'failed' });
    const { id } = await world.transfer(order.id);
    const admin = await world.admin();
    // What the storing of a snapshot does: first the account, then the seller's transfers.
    await other.query('UPDATE connect_accounts SET fetched_at = fetched_at WHERE user_id = $1', [seller.id]);
    const sent = world.test.http
      .post(api(`/admin/transfers/${id}/retry`))
      .set(admin.auth)
      .send({ reason: 'for a test' })
      .then((response) => response.status);
    await waitFor(() => waiters('SELECT "ConnectAccount"%'), { what: 'a claim that waits for the account' });
    await other.query('SELECT 1 FROM seller_transfers WHERE id = $1 FOR UPDATE NOWAIT', [id]);
    await other.query('COMMIT');
    expect(await sent).toBe(200);
    await world.transfersAre(order.id, 'completed');
  });

  it('the answer to the creation of an account does not overwrite what was read of it since', async () => {
    const creator = await newActor(world.test, { role: 'creator' });
    world.sandbox.orderFault({ fault: 'hold', match: { method: 'POST', path: '^/v1/accounts$' } });
    const onboarded = world.test.http
      .post(api('/marketplace/seller/connect/onboard'))
      .set(creator.auth)
      .then((response) => response.status);
    await waitFor(() => world.sandbox.holds()[0]);
    const account = world.sandbox.books().accounts.find((row) => row.metadata.user_id === creator.id)!;
    await world.makeReady(creator.id, account.id);
    world.sandbox.releaseHolds();
    expect(await onboarded).toBe(200);
    expect(
      await world.test.sql('SELECT transfers_enabled FROM connect_accounts WHERE user_id = $1', [creator.id]),
    ).toEqual([{ transfers_enabled: true }]);
  });
});

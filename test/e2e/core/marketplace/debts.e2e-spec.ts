import { waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const HOUR_MS = 3_600_000;

describe('debt that later sales repay (07 7.9.5, ADR 6)', () => {
  let world: MoneyWorld;
  let seller: Seller;

  beforeAll(async () => {
    world = await MoneyWorld.create();
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
  /** A sale whose money the seller has taken to the bank before its refund. */
  const owedOrder = async (priceMinor: number): Promise<PaidOrder> => {
    const order = await world.paidOrder([seller], { priceMinor });
    world.sandbox.payOutAccount(seller.stripeAccountId);
    await world.refunded(order);
    await world.transfersAre(order.id, 'reversal_failed');
    return order;
  };

  it('is not pulled a second time: nothing is left that no transfer pays', async () => {
    const first = await owedOrder(2500);
    const second = await world.paidOrder([seller], { priceMinor: 4000 });
    expect(await world.transfer(second.id)).toMatchObject({ amount: '1350', withheld: '2250' });
    // The account is filled again, so that the old reversal would succeed.
    await world.paidOrder([seller], { priceMinor: 4000 });
    await jobAt(HOUR_MS);
    await waitFor(async () => (await world.reversals(first.id))[0]?.next_retry_at === null);
    expect(await world.payable(seller.id)).toBe(0);
  });
});

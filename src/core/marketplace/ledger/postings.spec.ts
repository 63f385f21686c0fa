import fc from 'fast-check';
import { type Posting, type SellerShare, postings } from './postings.js';

const share = fc.record({
  sellerId: fc.uuid(),
  netMinor: fc.nat({ max: 100_000_000 }),
  feeMinor: fc.nat({ max: 10_000_000 }),
});
const sale = fc.record({
  orderId: fc.uuid(),
  refundId: fc.uuid(),
  disputeId: fc.uuid(),
  currency: fc.constantFrom('EUR', 'USD', 'JPY'),
  sellers: fc.uniqueArray(share, { minLength: 1, maxLength: 20, selector: (one) => one.sellerId }),
});
const transfer = fc.record({
  transferId: fc.uuid(),
  reversalId: fc.uuid(),
  sellerId: fc.uuid(),
  currency: fc.constantFrom('EUR', 'USD'),
  attempt: fc.integer({ min: 1, max: 50 }),
  amountMinor: fc.integer({ min: 1, max: 100_000_000 }),
});

const sumOf = (posting: Posting): number =>
  posting.entries.reduce((sum, entry) => sum + entry.amountMinor, 0);

/** What an account moved by, over several postings. */
function movedBy(all: Posting[], kind: string, sellerId: string | null = null): number {
  return all
    .flatMap((posting) => posting.entries)
    .filter((entry) => entry.account.kind === kind && entry.account.sellerId === sellerId)
    .reduce((sum, entry) => sum + entry.amountMinor, 0);
}

const priceOf = (sellers: SellerShare[]): number =>
  sellers.reduce((sum, one) => sum + one.netMinor + one.feeMinor, 0);

/** All of a sale, disputed. */
const disputed = <Sale extends { sellers: SellerShare[] }>(one: Sale): Sale & { amountMinor: number } => ({
  ...one,
  amountMinor: priceOf(one.sellers),
});

describe('postings', () => {
  it('sums to zero and never writes a line of zero, whatever the sale', () => {
    fc.assert(
      fc.property(sale, (one) => {
        const all = [
          postings.orderCompleted(one),
          postings.refundSucceeded(one),
          postings.refundContradicted(one),
          postings.disputeLost(one),
          postings.disputeRestored(one),
        ];
        for (const posting of all) {
          expect(sumOf(posting)).toBe(0);
          expect(posting.entries.every((entry) => entry.amountMinor !== 0)).toBe(true);
        }
        expect(sumOf(postings.disputeOpened(disputed(one))) + 0).toBe(0);
        expect(sumOf(postings.disputeOpenedAgain(disputed(one))) + 0).toBe(0);
        expect(sumOf(postings.disputeWon(disputed(one))) + 0).toBe(0);
      }),
    );
  });

  it('sums to zero for everything that happens to a transfer', () => {
    fc.assert(
      fc.property(transfer, (one) => {
        for (const posting of [
          postings.transferClaimed(one),
          postings.transferCompleted(one),
          postings.transferReturned(one),
          postings.reversalSucceeded(one),
          postings.pspFeeCharged({
            chargeId: one.transferId,
            currency: one.currency,
            amountMinor: one.amountMinor,
          }),
        ]) {
          expect(sumOf(posting)).toBe(0);
          expect(posting.entries).toHaveLength(2);
        }
      }),
    );
  });

  it('credits each seller their net and the platform its fees when an order completes', () => {
    fc.assert(
      fc.property(sale, (one) => {
        const posting = [postings.orderCompleted(one)];
        expect(movedBy(posting, 'psp_clearing') + priceOf(one.sellers)).toBe(0);
        for (const { sellerId, netMinor } of one.sellers)
          expect(movedBy(posting, 'payable', sellerId)).toBe(netMinor);
        expect(movedBy(posting, 'platform_fee')).toBe(one.sellers.reduce((sum, s) => sum + s.feeMinor, 0));
      }),
    );
  });

  it('leaves nothing behind after a sale and its refund, and the whole sale after a contradicted refund', () => {
    fc.assert(
      fc.property(sale, (one) => {
        const undone = [postings.orderCompleted(one), postings.refundSucceeded(one)];
        const again = [...undone, postings.refundContradicted(one)];
        for (const { sellerId, netMinor } of one.sellers) {
          expect(movedBy(undone, 'payable', sellerId)).toBe(0);
          expect(movedBy(again, 'payable', sellerId)).toBe(netMinor);
        }
        expect(movedBy(undone, 'psp_clearing') + movedBy(undone, 'platform_fee')).toBe(0);
      }),
    );
  });

  it('moves a transfer from payable over in_transit to paid_out and back by its reversal', () => {
    fc.assert(
      fc.property(transfer, (one) => {
        const paid = [postings.transferClaimed(one), postings.transferCompleted(one)];
        expect(movedBy(paid, 'payable', one.sellerId)).toBe(-one.amountMinor);
        expect(movedBy(paid, 'in_transit', one.sellerId)).toBe(0);
        expect(movedBy(paid, 'paid_out', one.sellerId)).toBe(one.amountMinor);
        const reversed = [...paid, postings.reversalSucceeded(one)];
        expect(movedBy(reversed, 'payable', one.sellerId)).toBe(0);
        expect(movedBy(reversed, 'paid_out', one.sellerId)).toBe(0);
        const returned = [postings.transferClaimed(one), postings.transferReturned(one)];
        expect(movedBy(returned, 'payable', one.sellerId)).toBe(0);
      }),
    );
  });

  it('withholds a disputed amount and gives it back or takes it from the sellers', () => {
    fc.assert(
      fc.property(sale, (one) => {
        const opened = [postings.orderCompleted(one), postings.disputeOpened(disputed(one))];
        const won = [...opened, postings.disputeWon(disputed(one))];
        expect(movedBy(won, 'disputes')).toBe(0);
        expect(movedBy(won, 'psp_clearing') + priceOf(one.sellers)).toBe(0);
        const lost = [...opened, postings.disputeLost(one)];
        expect(movedBy(lost, 'disputes')).toBe(0);
        expect(movedBy(lost, 'psp_clearing')).toBe(0);
        for (const { sellerId } of one.sellers) expect(movedBy(lost, 'payable', sellerId)).toBe(0);
        const restored = [...lost, postings.disputeRestored(one), postings.disputeWon(disputed(one))];
        expect(movedBy(restored, 'disputes')).toBe(0);
        for (const { sellerId, netMinor } of one.sellers) {
          expect(movedBy(restored, 'payable', sellerId)).toBe(netMinor);
        }
      }),
    );
  });

  it('has one dedupe key per event', () => {
    const one = { orderId: 'o', refundId: 'r', disputeId: 'd', currency: 'EUR', sellers: [] };
    const move = {
      transferId: 't',
      reversalId: 'v',
      sellerId: 's',
      currency: 'EUR',
      amountMinor: 1,
      attempt: 2,
    };
    expect([
      postings.orderCompleted(one).dedupeKey,
      postings.refundSucceeded(one).dedupeKey,
      postings.refundContradicted(one).dedupeKey,
      postings.transferClaimed(move).dedupeKey,
      postings.transferCompleted(move).dedupeKey,
      postings.transferReturned(move).dedupeKey,
      postings.reversalSucceeded(move).dedupeKey,
      postings.disputeOpened(disputed(one)).dedupeKey,
      postings.disputeOpenedAgain(disputed(one)).dedupeKey,
      postings.disputeWon(disputed(one)).dedupeKey,
      postings.disputeLost(one).dedupeKey,
      postings.disputeRestored(one).dedupeKey,
      postings.pspFeeCharged({ chargeId: 'c', currency: 'EUR', amountMinor: 1 }).dedupeKey,
    ]).toEqual([
      'sale:o',
      'refund:r',
      'refund-contradicted:r',
      'transfer-claimed:t:2',
      'transfer:t',
      'transfer-returned:t:2',
      'reversal:v',
      'dispute:d',
      'dispute-again:d',
      'dispute-won:d',
      'dispute-lost:d',
      'dispute-restored:d',
      'psp-fee:c',
    ]);
  });

  it('takes what a lost dispute had taken already from our own account, and gives it back with the refund', () => {
    fc.assert(
      fc.property(sale, fc.integer({ min: 1, max: 1_000_000 }), (one, lossMinor) => {
        const refund = postings.refundSucceeded({ ...one, lossMinor });
        expect(sumOf(refund)).toBe(0);
        expect(movedBy([refund], 'psp_clearing')).toBe(priceOf(one.sellers) + lossMinor);
        expect(movedBy([refund], 'disputes')).toBe(-lossMinor);
        const both = [refund, postings.refundContradicted({ ...one, lossMinor })];
        for (const kind of ['psp_clearing', 'disputes', 'platform_fee']) expect(movedBy(both, kind)).toBe(0);
      }),
    );
  });

  it("keeps money that bought nothing on the buyers' account until it is given back", () => {
    const money = { orderId: 'order-1', refundId: 'refund-1', currency: 'EUR', amountMinor: 2500 };
    const [paid, given, taken] = [
      postings.paymentUnfulfilled(money),
      postings.unfulfilledRefunded(money),
      postings.unfulfilledRefundContradicted(money),
    ];
    for (const posting of [paid, given, taken]) expect(sumOf(posting)).toBe(0);
    expect([movedBy([paid], 'psp_clearing'), movedBy([paid], 'buyer_refunds')]).toEqual([-2500, 2500]);
    expect(movedBy([paid, given], 'buyer_refunds')).toBe(0);
    expect(movedBy([paid, given, taken], 'buyer_refunds')).toBe(2500);
    expect([paid, given, taken].map((posting) => posting.dedupeKey)).toEqual([
      'unfulfilled:order-1',
      'refund:refund-1',
      'refund-contradicted:refund-1',
    ]);
  });
});

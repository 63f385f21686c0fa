import { Injectable } from '@nestjs/common';
import { LedgerService, type Posting, postings } from '../../../../src/core/marketplace/ledger/index.js';
import { newId } from '../../../../src/common/ids/index.js';
import { Transactional } from '../../../../src/infrastructure/database/index.js';
import { api, createTestApp, newActor, type TestApp } from '../../../support/index.js';

/** Owns the transactions that the ledger demands of its callers. */
@Injectable()
class Bookkeeper {
  constructor(private readonly ledger: LedgerService) {}

  @Transactional()
  async post(...all: Posting[]): Promise<string[]> {
    const outcomes: string[] = [];
    for (const posting of all) outcomes.push(await this.ledger.post(posting));
    return outcomes;
  }

  /** Reads what is owed, takes it all when it is enough: correct only under the lock. */
  @Transactional()
  async claimIfOwed(sellerId: string, transferId: string, amountMinor: number): Promise<boolean> {
    const owed = await this.ledger.lockPayable(sellerId, 'EUR');
    if (owed < amountMinor) return false;
    await this.ledger.post(
      postings.transferClaimed({ transferId, attempt: 1, sellerId, currency: 'EUR', amountMinor }),
    );
    return true;
  }
}

const saleOf = (sellerId: string, netMinor: number, feeMinor: number, orderId = newId()): Posting =>
  postings.orderCompleted({ orderId, currency: 'EUR', sellers: [{ sellerId, netMinor, feeMinor }] });

describe('the ledger', () => {
  let test: TestApp;
  let ledger: LedgerService;
  let books: Bookkeeper;
  beforeAll(async () => {
    test = await createTestApp();
    ledger = test.app.get(LedgerService, { strict: false });
    books = new Bookkeeper(ledger);
  });
  afterAll(() => test.close());

  const count = async (table: string): Promise<number> => {
    const [row] = await test.sql<{ count: string }>(`SELECT count(*) FROM ${table}`);
    return Number(row?.count);
  };

  it('books a sale and its refund, and what is left is nothing', async () => {
    const [seller, orderId] = [newId(), newId()];
    await books.post(saleOf(seller, 900, 100, orderId));
    expect(await ledger.sellerBalances(seller)).toEqual([
      { currency: 'EUR', payableMinor: 900, inTransitMinor: 0, paidOutMinor: 0 },
    ]);
    const sellers = [{ sellerId: seller, netMinor: 900, feeMinor: 100 }];
    await books.post(postings.refundSucceeded({ refundId: newId(), orderId, currency: 'EUR', sellers }));
    expect((await ledger.sellerBalances(seller))[0]?.payableMinor).toBe(0);
    expect((await ledger.trialBalance()).problems).toEqual([]);
  });

  it('books the same event once, also when twenty tell it at the same moment', async () => {
    const posting = saleOf(newId(), 450, 50);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => books.post(posting)));
    expect(outcomes.flat().filter((outcome) => outcome === 'posted')).toHaveLength(1);
    const rows = await test.sql('SELECT 1 FROM ledger_transactions WHERE dedupe_key = $1', [
      posting.dedupeKey,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('lets no two claims spend the same money', async () => {
    const seller = newId();
    await books.post(saleOf(seller, 1000, 0));
    const claims = await Promise.all(
      Array.from({ length: 10 }, () => books.claimIfOwed(seller, newId(), 400)),
    );
    expect(claims.filter(Boolean)).toHaveLength(2);
    expect(await ledger.sellerBalances(seller)).toEqual([
      { currency: 'EUR', payableMinor: 200, inTransitMinor: 800, paidOutMinor: 0 },
    ]);
  });

  it('carries many parallel sales of several sellers without a deadlock', async () => {
    const sellers = Array.from({ length: 5 }, () => newId());
    const sale = (index: number): Posting =>
      postings.orderCompleted({
        orderId: newId(),
        currency: 'EUR',
        sellers: (index % 2 === 0 ? sellers : [...sellers].reverse()).map((sellerId) => ({
          sellerId,
          netMinor: 9,
          feeMinor: 1,
        })),
      });
    await Promise.all(Array.from({ length: 40 }, (_, index) => books.post(sale(index))));
    for (const seller of sellers) expect((await ledger.sellerBalances(seller))[0]?.payableMinor).toBe(360);
    expect((await ledger.trialBalance()).problems).toEqual([]);
  });

  it('keeps debt as a negative balance (07 7.9.5)', async () => {
    const [seller, orderId, transferId] = [newId(), newId(), newId()];
    const transfer = { transferId, attempt: 1, sellerId: seller, currency: 'EUR', amountMinor: 900 };
    const sellers = [{ sellerId: seller, netMinor: 900, feeMinor: 100 }];
    await books.post(
      saleOf(seller, 900, 100, orderId),
      postings.transferClaimed(transfer),
      postings.transferCompleted(transfer),
      postings.refundSucceeded({ refundId: newId(), orderId, currency: 'EUR', sellers }),
    );
    expect(await ledger.sellerBalances(seller)).toEqual([
      { currency: 'EUR', payableMinor: -900, inTransitMinor: 0, paidOutMinor: 900 },
    ]);
  });

  it('refuses to post outside a transaction, and to post nothing', async () => {
    await expect(ledger.post(saleOf(newId(), 1, 0))).rejects.toThrow();
    await expect(ledger.lockPayable(newId(), 'EUR')).rejects.toThrow();
    const nothing = postings.orderCompleted({ orderId: newId(), currency: 'EUR', sellers: [] });
    await expect(books.post(nothing)).rejects.toThrow(RangeError);
  });

  describe('is guarded by the database itself', () => {
    it('refuses a transaction that does not sum to zero', async () => {
      const before = await count('ledger_transactions');
      const crooked = saleOf(newId(), 900, 100);
      crooked.entries[0]!.amountMinor += 1;
      await expect(books.post(crooked)).rejects.toThrow(/does not sum to zero/);
      expect(await count('ledger_transactions')).toBe(before);
    });

    it('refuses a transaction without entries', async () => {
      const insert = `INSERT INTO ledger_transactions (id, kind, dedupe_key, currency, created_at)
                      VALUES ($1, 'order_completed', $2, 'EUR', now())`;
      await expect(test.sql(insert, [newId(), `empty:${newId()}`])).rejects.toThrow(/has no entries/);
    });

    it('refuses an entry in another currency than its account', async () => {
      await books.post(saleOf(newId(), 9, 1));
      const [account] = await test.sql<{ id: string }>(
        `SELECT id FROM ledger_accounts WHERE currency = 'EUR' LIMIT 1`,
      );
      const [transaction] = await test.sql<{ id: string }>('SELECT id FROM ledger_transactions LIMIT 1');
      const insert = `INSERT INTO ledger_entries (id, transaction_id, account_id, currency, amount_minor, created_at)
                      VALUES ($1, $2, $3, 'USD', 1, now())`;
      await expect(test.sql(insert, [newId(), transaction?.id, account?.id])).rejects.toThrow(
        /ledger_entries_/,
      );
    });

    it.each([
      ['UPDATE ledger_entries SET amount_minor = 1'],
      ['DELETE FROM ledger_entries'],
      ['TRUNCATE ledger_entries'],
      [`UPDATE ledger_transactions SET currency = 'USD'`],
      ['DELETE FROM ledger_transactions'],
      ['TRUNCATE ledger_transactions, ledger_entries'],
    ])('refuses %s', async (statement) => {
      const before = await count('ledger_entries');
      await expect(test.sql(statement)).rejects.toThrow(/is append-only/);
      expect(await count('ledger_entries')).toBe(before);
    });
  });

  describe('GET /marketplace/seller/ledger', () => {
    it("lists the caller's own lines only, newest first, by page and by cursor", async () => {
      const seller = await newActor(test, { role: 'creator' });
      await books.post(saleOf(newId(), 77, 7));
      for (const netMinor of [10, 20, 30]) {
        test.clock.advance(1000);
        await books.post(saleOf(seller.id, netMinor, 1));
      }
      const first = await test.http
        .get(api('/marketplace/seller/ledger?limit=2'))
        .set(seller.auth)
        .expect(200);
      expect(first.body.data.map((line: { amount: number }) => line.amount)).toEqual([30, 20]);
      expect(first.body.data[0]).toMatchObject({
        kind: 'order_completed',
        account: 'payable',
        currency: 'EUR',
        refund_id: null,
      });
      expect(first.body.pagination).toMatchObject({ page: 1, total: 3, total_pages: 2, has_next: true });
      const cursor = first.body.pagination.next_cursor as string;
      const rest = await test.http
        .get(api(`/marketplace/seller/ledger?limit=2&cursor=${cursor}`))
        .set(seller.auth)
        .expect(200);
      expect(rest.body.data.map((line: { amount: number }) => line.amount)).toEqual([10]);
      expect(rest.body.pagination).toEqual({ limit: 2, has_next: false, next_cursor: null });
      const from = encodeURIComponent(first.body.data[0].created_at as string);
      const latest = await test.http
        .get(api(`/marketplace/seller/ledger?from=${from}`))
        .set(seller.auth)
        .expect(200);
      expect(latest.body.data).toHaveLength(1);
    });

    it('shows a stranger nothing of it', async () => {
      const stranger = await newActor(test);
      const response = await test.http.get(api('/marketplace/seller/ledger')).set(stranger.auth).expect(200);
      expect(response.body.data).toEqual([]);
    });

    it.each([
      ['limit=0'],
      ['page=x'],
      ['from=yesterday'],
      ['to=-271821-04-20T00:00:00Z'],
      ['format=xml'],
      ['cursor=abc'],
    ])('refuses ?%s', async (query) => {
      const seller = await newActor(test);
      const response = await test.http
        .get(api(`/marketplace/seller/ledger?${query}`))
        .set(seller.auth)
        .expect(400);
      expect(['VALIDATION_ERROR', 'INVALID_CURSOR']).toContain(response.body.error.code);
    });

    it('is closed to strangers without a token', async () => {
      await test.http.get(api('/marketplace/seller/ledger')).expect(401);
    });
  });

  it('says which account carries another balance than its entries sum to', async () => {
    const seller = newId();
    await books.post(saleOf(seller, 90, 10));
    const drift = 'UPDATE ledger_accounts SET balance_minor = balance_minor + $2 WHERE seller_id = $1';
    await test.sql(drift, [seller, 5]);
    expect((await ledger.trialBalance()).problems).toEqual([
      `payable of ${seller} carries 95 EUR, its entries sum to 90`,
    ]);
    await test.sql(drift, [seller, -5]);
    const { accounts, problems } = await ledger.trialBalance();
    expect(problems).toEqual([]);
    expect(accounts.reduce((total, one) => total + one.balanceMinor, 0)).toBe(0);
  });
});

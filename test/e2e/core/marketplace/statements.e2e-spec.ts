import { newId } from '../../../../src/common/ids/index.js';
import { type Actor, api, createTestApp, newActor, type TestApp } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const FORMULA = '=HYPERLINK("http://evil.example","click")';
const ledger = (query = ''): string => api(`/marketplace/seller/ledger?format=csv${query}`);
const statement = (query = ''): string => api(`/marketplace/seller/statement${query}`);
const at = (moment: Date): string => encodeURIComponent(moment.toISOString());

/** The cells of a CSV file without line breaks in cells. */
const cellsOf = (text: string): string[][] =>
  text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\n')
    .map((line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g)!.slice(0, 7))
    .map((cells) => cells.map((cell) => cell.replace(/,$/, '').replace(/^"|"$/g, '').replaceAll('""', '"')));

describe("a seller's statement", () => {
  let world: MoneyWorld;
  let seller: Seller;
  let other: Seller;
  let orders: PaidOrder[];
  let between: Date;

  const sell = async (title: string): Promise<PaidOrder> => {
    const response = await world.test.http
      .post(api('/marketplace/products'))
      .set(seller.auth)
      .send({ title, product_type: 'service', price: 1000, currency: 'EUR', license_type: 'basic' })
      .expect(201);
    const { id } = (response.body as { data: { id: string } }).data;
    const shared = await world.product(other, 300);
    const order = await world.pay(await world.placeOrder(await world.buyer(), [id, shared]));
    await world.transfersAre(order.id, 'completed', 2);
    return order;
  };

  beforeAll(async () => {
    world = await MoneyWorld.create();
    [seller, other] = [await world.seller(), await world.seller()];
    const first = await sell(FORMULA);
    await world.quiet();
    between = new Date();
    const second = await sell('Mixing, "loud"');
    await world.refunded(second);
    await world.transfersAre(second.id, 'reversed', 2);
    orders = [first, second];
  });
  afterAll(async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
    await world.close();
  });

  describe('GET /marketplace/seller/statement', () => {
    it('opens, names each movement with what was owed after it, and closes', async () => {
      const { body } = await world.test.http.get(statement()).set(seller.auth).expect(200);
      expect(body.data).toHaveLength(1);
      const [one] = body.data;
      expect(one).toMatchObject({ currency: 'EUR', opening_balance: 0, closing_balance: 0 });
      expect(
        one.entries.map((entry: Record<string, unknown>) => [entry.kind, entry.amount, entry.balance]),
      ).toEqual([
        ['order_completed', 900, 900],
        ['transfer_claimed', -900, 0],
        ['order_completed', 900, 900],
        ['transfer_claimed', -900, 0],
        ['refund_succeeded', -900, -900],
        ['reversal_succeeded', 900, 0],
      ]);
      expect(one.entries[0]).toMatchObject({ order_id: orders[0]!.id, titles: FORMULA });
      expect(one.entries.at(-1)).toMatchObject({ order_id: orders[1]!.id, titles: 'Mixing, "loud"' });
    });

    it('carries what was before the period over, and ends where it ends', async () => {
      const later = await world.test.http
        .get(statement(`?from=${at(between)}`))
        .set(seller.auth)
        .expect(200);
      expect(later.body.data[0]).toMatchObject({ opening_balance: 0, closing_balance: 0 });
      expect(later.body.data[0].entries).toHaveLength(4);
      const sale = later.body.data[0].entries[0].created_at as string;
      const justAfter = new Date(Date.parse(sale) + 1);
      const rest = await world.test.http
        .get(statement(`?from=${at(justAfter)}`))
        .set(seller.auth)
        .expect(200);
      expect(rest.body.data[0]).toMatchObject({ opening_balance: 900, closing_balance: 0 });
      const before = await world.test.http
        .get(statement(`?to=${at(justAfter)}`))
        .set(seller.auth)
        .expect(200);
      expect(before.body.data[0]).toMatchObject({ opening_balance: 0, closing_balance: 900 });
    });

    it('shows a stranger nothing of it', async () => {
      const stranger = await newActor(world.test);
      const { body } = await world.test.http.get(statement()).set(stranger.auth).expect(200);
      expect(body.data).toEqual([]);
    });

    it.each([['?from=yesterday'], ['?to=0'], ['?colour=red'], ['?from=2026-02-02&to=2026-02-01']])(
      'refuses %s',
      async (query) => {
        const { body } = await world.test.http.get(statement(query)).set(seller.auth).expect(400);
        expect(body.error.code).toBe('VALIDATION_ERROR');
      },
    );

    it('is closed to strangers without a token', async () => {
      const { body } = await world.test.http.get(statement()).expect(401);
      expect(body.error.code).toBe('AUTH_TOKEN_INVALID');
    });
  });

  describe('GET /marketplace/seller/ledger?format=csv', () => {
    it('is a file with the same lines, whose texts are no formulas', async () => {
      const response = await world.test.http.get(ledger()).set(seller.auth).expect(200);
      expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
      expect(response.headers['content-disposition']).toBe('attachment; filename="statement.csv"');
      expect(response.text.startsWith('\uFEFFdate,kind,order_id,titles,amount,currency,balance\n')).toBe(
        true,
      );
      const [, opening, ...lines] = cellsOf(response.text);
      expect(opening).toEqual(['', 'opening_balance', '', '', '0', 'EUR', '0']);
      expect(lines.map((cells) => [cells[1], cells[4], cells[6]])).toEqual([
        ['order_completed', '900', '900'],
        ['transfer_claimed', '-900', '0'],
        ['order_completed', '900', '900'],
        ['transfer_claimed', '-900', '0'],
        ['refund_succeeded', '-900', '-900'],
        ['reversal_succeeded', '900', '0'],
        ['closing_balance', '0', '0'],
      ]);
      expect(lines[0]![3]).toBe(`'${FORMULA}`);
      expect(lines[2]![3]).toBe('Mixing, "loud"');
      expect(response.text).not.toMatch(/(^|[,"\n])[=+@]/m);
    });

    it("has none of another seller's lines, and only the header for somebody who never sold", async () => {
      const theirs = await world.test.http.get(ledger()).set(other.auth).expect(200);
      expect(theirs.text).not.toContain('HYPERLINK');
      expect(cellsOf(theirs.text)[2]).toEqual(
        expect.arrayContaining(['order_completed', orders[0]!.id, 'Mixing', '270', 'EUR', '270']),
      );
      const stranger = await newActor(world.test);
      const nothing = await world.test.http.get(ledger()).set(stranger.auth).expect(200);
      expect(nothing.text).toBe('\uFEFFdate,kind,order_id,titles,amount,currency,balance\n');
    });

    it('keeps to the period', async () => {
      const { text } = await world.test.http
        .get(ledger(`&from=${at(between)}`))
        .set(seller.auth)
        .expect(200);
      expect(cellsOf(text)).toHaveLength(7);
      expect(cellsOf(text)[1]![0]).toBe(between.toISOString());
    });

    it.each([['&from=x'], ['&from=2026-02-02&to=2026-02-01']])('refuses %s', async (query) => {
      const { body } = await world.test.http.get(ledger(query)).set(seller.auth).expect(400);
      expect(body.error.code).toBe('VALIDATION_ERROR');
    });

    it('is closed to strangers without a token', async () => {
      await world.test.http.get(ledger()).expect(401);
    });
  });
});

describe('a long statement', () => {
  const LINES = 1_250;
  let test: TestApp;
  let seller: Actor;

  beforeAll(async () => {
    test = await createTestApp();
    seller = await newActor(test, { role: 'creator' });
    // One moment for all of them: only the id keeps the batches apart.
    await test.sql('BEGIN');
    await test.sql(
      `INSERT INTO ledger_accounts (id, kind, seller_id, currency, balance_minor)
       VALUES ($1, 'payable', $2, 'EUR', 0), ($3, 'psp_clearing', NULL, 'EUR', NULL)`,
      [newId(), seller.id, newId()],
    );
    await test.sql(
      `INSERT INTO ledger_transactions (id, kind, dedupe_key, currency, order_id, created_at)
       SELECT gen_random_uuid(), 'order_completed', 'bulk:' || n, 'EUR', gen_random_uuid(), '2026-01-01'
         FROM generate_series(1, ${String(LINES)}) AS n`,
    );
    await test.sql(
      `INSERT INTO ledger_entries (id, transaction_id, account_id, currency, amount_minor, created_at)
       SELECT gen_random_uuid(), t.id, a.id, 'EUR', CASE a.kind WHEN 'payable' THEN 2 ELSE -2 END, t.created_at
         FROM ledger_transactions t CROSS JOIN ledger_accounts a`,
    );
    await test.sql('COMMIT');
  });
  afterAll(() => test.close());

  it('is whole as a file, each line once', async () => {
    const { text } = await test.http.get(ledger()).set(seller.auth).expect(200);
    const lines = cellsOf(text).slice(2);
    expect(lines).toHaveLength(LINES + 1);
    expect(new Set(lines.slice(0, -1).map((cells) => cells[2])).size).toBe(LINES);
    expect(lines.at(-1)).toEqual(['', 'closing_balance', '', '', '0', 'EUR', String(2 * LINES)]);
    expect(lines.slice(0, -1).every((cells, index) => cells[6] === String(2 * (index + 1)))).toBe(true);
  });

  it('is refused as one answer, and short periods of it are not', async () => {
    const { body } = await test.http.get(statement()).set(seller.auth).expect(422);
    expect(body.error.code).toBe('STATEMENT_TOO_LONG');
    const later = await test.http.get(statement('?from=2026-02-01')).set(seller.auth).expect(200);
    expect(later.body.data).toEqual([
      { currency: 'EUR', opening_balance: 2 * LINES, entries: [], closing_balance: 2 * LINES },
    ]);
  });
});

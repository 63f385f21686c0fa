/** The lines that the ledger has of some kinds of transaction `t`; `id` is SQL for what names the business row. */
export const bookedLines = (id: string, kinds: readonly string[]): string => `
  SELECT ${id} AS id, ${accountName('a.kind', 'a.seller_id')} AS account, t.currency, e.amount_minor AS amount
    FROM ledger_transactions t
    JOIN ledger_entries e ON e.transaction_id = t.id
    JOIN ledger_accounts a ON a.id = e.account_id
   WHERE t.kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`;

/** How an account is called in words; the two are SQL expressions. */
export const accountName = (kind: string, sellerId: string): string =>
  `${kind} || coalesce(' of ' || ${sellerId}, '')`;

/**
 * Compares lines `(id, account, currency, amount)` that business rows demand with those that were booked, both
 * ways: what is missing, what is another amount, and what was booked without a row.
 */
export const compareLines = (thing: string, expected: string, booked: string): string => `
  SELECT format('${thing} %s: %s should have %s %s, the ledger has %s', id, account, coalesce(x.amount, 0),
                currency, coalesce(b.amount, 0)) AS problem
    FROM (${summed(expected)}) x FULL JOIN (${summed(booked)}) b USING (id, account, currency)
   WHERE x.amount IS DISTINCT FROM b.amount`;

const summed = (lines: string): string => `
  SELECT id, account, currency, sum(amount) AS amount FROM (${lines}) AS lines
   GROUP BY id, account, currency HAVING sum(amount) <> 0`;

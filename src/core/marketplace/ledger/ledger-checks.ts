import type { BookCheck } from './ledger.types.js';

/** What the book must be in itself, whatever it is about. */
export const LEDGER_CHECKS: readonly BookCheck[] = [
  {
    name: 'carried_balances',
    finds: `
      SELECT format('%s of %s carries %s %s, its entries sum to %s',
                    a.kind, a.seller_id, a.balance_minor, a.currency, coalesce(sum(e.amount_minor), 0)) AS problem
        FROM ledger_accounts a LEFT JOIN ledger_entries e ON e.account_id = a.id
       WHERE a.balance_minor IS NOT NULL
       GROUP BY a.id HAVING a.balance_minor <> coalesce(sum(e.amount_minor), 0)`,
  },
  {
    name: 'transactions_sum_to_zero',
    finds: `
      SELECT format('%s sums to %s', t.dedupe_key, coalesce(e.total, 0)) AS problem
        FROM ledger_transactions t
        LEFT JOIN (SELECT transaction_id, count(*) AS lines, sum(amount_minor) AS total
                     FROM ledger_entries GROUP BY transaction_id) AS e ON e.transaction_id = t.id
       WHERE coalesce(e.lines, 0) < 2 OR e.total <> 0`,
  },
  {
    name: 'currencies_sum_to_zero',
    finds: `
      SELECT format('%s sums to %s', currency, sum(amount_minor)) AS problem
        FROM ledger_entries GROUP BY currency HAVING sum(amount_minor) <> 0`,
  },
  {
    name: 'entries_have_their_transaction_and_account',
    finds: `
      SELECT format('entry %s names a transaction or an account that is not there', e.id) AS problem
        FROM ledger_entries e
        LEFT JOIN ledger_transactions t ON t.id = e.transaction_id AND t.currency = e.currency
        LEFT JOIN ledger_accounts a ON a.id = e.account_id AND a.currency = e.currency
       WHERE t.id IS NULL OR a.id IS NULL`,
  },
  {
    name: 'database_guards',
    finds: `
      SELECT format('the trigger %s on %s is %s', guard.name, guard.place,
                    CASE WHEN t.oid IS NULL THEN 'gone' WHEN t.tgenabled IN ('O', 'A') THEN 'not deferred'
                         ELSE 'switched off' END) AS problem
        FROM (VALUES ('ledger_entries_zero_sum', 'ledger_entries', true),
                     ('ledger_transactions_entries', 'ledger_transactions', true),
                     ('ledger_entries_carry_balance', 'ledger_entries', false),
                     ('ledger_entries_append_only', 'ledger_entries', false),
                     ('ledger_transactions_append_only', 'ledger_transactions', false))
             AS guard (name, place, is_deferred)
        LEFT JOIN pg_trigger t ON t.tgname = guard.name AND t.tgrelid = to_regclass(guard.place)
       WHERE t.oid IS NULL OR t.tgenabled NOT IN ('O', 'A') OR guard.is_deferred AND NOT t.tginitdeferred
      UNION ALL
      SELECT 'the constraint ledger_transactions_dedupe_key_uq is gone'
       WHERE NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'ledger_transactions_dedupe_key_uq')`,
  },
];

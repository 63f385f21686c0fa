import type {
  AmountsMinor,
  DisputeRow,
  DisputeStatus,
  PaymentRow,
  RefundRow,
  ReversalRow,
  TransferRow,
} from './rows.js';

/** Money that really moved, in minor units. */
export interface CurrencyTotals {
  capturedMinor: number;
  refundedMinor: number;
  transferredMinor: number;
  reversedMinor: number;
}

/** Totals by upper-case currency. */
export type Totals = Record<string, CurrencyTotals>;

interface MoneyRows {
  payments: PaymentRow[];
  refunds: RefundRow[];
  transfers: TransferRow[];
  reversals: ReversalRow[];
}

/** Sums captured payments, succeeded refunds, transfers and reversals by currency. */
export function totalsOf(rows: MoneyRows): Totals {
  const totals: Totals = {};
  const add = (currency: string, field: keyof CurrencyTotals, amountMinor: number): void => {
    const code = currency.toUpperCase();
    const line = (totals[code] ??= {
      capturedMinor: 0,
      refundedMinor: 0,
      transferredMinor: 0,
      reversedMinor: 0,
    });
    line[field] += amountMinor;
  };
  for (const row of rows.payments) add(row.currency, 'capturedMinor', row.amountReceivedMinor);
  for (const row of rows.refunds) {
    if (row.status === 'succeeded') add(row.currency, 'refundedMinor', row.amountMinor);
  }
  for (const row of rows.transfers) add(row.currency, 'transferredMinor', row.amountMinor);
  for (const row of rows.reversals) add(row.currency, 'reversedMinor', row.amountMinor);
  return totals;
}

/** The bank has the money until it gives it back (won, cancelled). */
const GIVEN_BACK: readonly DisputeStatus[] = ['dispute_won', 'dispute_cancelled'];

/** Sums what banks have taken back from captured payments, by upper-case currency. */
export function disputedOf(disputes: DisputeRow[]): AmountsMinor {
  const sums: AmountsMinor = {};
  for (const { currency, amountMinor, status } of disputes) {
    const takenMinor = GIVEN_BACK.includes(status) ? 0 : amountMinor;
    sums[currency.toUpperCase()] = (sums[currency.toUpperCase()] ?? 0) + takenMinor;
  }
  return sums;
}

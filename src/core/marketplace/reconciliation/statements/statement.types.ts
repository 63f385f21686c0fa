/** The days that a statement is about; `from` is inclusive, `to` exclusive; absent: without a bound. */
export interface StatementPeriod {
  from?: Date;
  to?: Date;
}

/** One movement of what a seller is owed; amount in minor units, a positive one is in the seller's favour. */
export interface StatementLine {
  id: string;
  createdAt: Date;
  kind: string;
  orderId: string | null;
  /** What the seller sold with the order. */
  titles: string | null;
  amountMinor: number;
  currency: string;
}

/** A movement and what was owed after it. */
export interface BalancedLine extends StatementLine {
  balanceMinor: number;
}

/** What a seller was owed in one currency, how it came about and what it came to, in minor units. */
export interface Statement {
  currency: string;
  openingMinor: number;
  lines: BalancedLine[];
  closingMinor: number;
}

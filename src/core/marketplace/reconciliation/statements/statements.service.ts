import { Injectable } from '@nestjs/common';
import { validationFailed } from '../../../../common/errors/index.js';
import type { BalancedLine, Statement, StatementLine, StatementPeriod } from './statement.types.js';
import { statementTooLong } from './statements.errors.js';
import { StatementsRepository } from './statements.repository.js';

const BATCH = 500;
const MOST_LINES = 1_000;

/** What the file has beside movements: the balance before the first and after the last one. */
export interface StatementFileLine extends Omit<BalancedLine, 'id' | 'createdAt'> {
  createdAt: Date | null;
}

/** A seller's account statement: what was owed, what moved it, what is owed (issue: money, 7). */
@Injectable()
export class Statements {
  constructor(private readonly statements: StatementsRepository) {}

  /**
   * One statement per currency that the seller ever earned in, sorted by currency.
   * @throws DomainError 400 for a period that ends before it begins, 422 `STATEMENT_TOO_LONG`
   */
  async read(sellerId: string, period: StatementPeriod): Promise<Statement[]> {
    assertPeriod(period);
    const statements = new Map<string, Statement>();
    for (const [currency, openingMinor] of await this.statements.balancesBefore(sellerId, period.from)) {
      statements.set(currency, { currency, openingMinor, lines: [], closingMinor: openingMinor });
    }
    let count = 0;
    for await (const line of this.linesOf(sellerId, period)) {
      count += 1;
      if (count > MOST_LINES) throw statementTooLong(MOST_LINES);
      const statement = statements.get(line.currency) ?? emptyStatement(line.currency);
      statements.set(line.currency, statement);
      statement.closingMinor += line.amountMinor;
      statement.lines.push({ ...line, balanceMinor: statement.closingMinor });
    }
    return [...statements.values()];
  }

  /**
   * The same as lines of a file, read in batches while they are sent.
   * @throws DomainError 400 for a period that ends before it begins
   */
  async readFile(sellerId: string, period: StatementPeriod): Promise<AsyncIterable<StatementFileLine>> {
    assertPeriod(period);
    const balances = await this.statements.balancesBefore(sellerId, period.from);
    return this.fileLines(sellerId, period, balances);
  }

  private async *fileLines(
    sellerId: string,
    period: StatementPeriod,
    balances: Map<string, number>,
  ): AsyncGenerator<StatementFileLine> {
    yield* balanceLines('opening_balance', balances, period.from ?? null);
    for await (const line of this.linesOf(sellerId, period)) {
      const balanceMinor = (balances.get(line.currency) ?? 0) + line.amountMinor;
      balances.set(line.currency, balanceMinor);
      yield { ...line, balanceMinor };
    }
    yield* balanceLines('closing_balance', balances, period.to ?? null);
  }

  private async *linesOf(sellerId: string, period: StatementPeriod): AsyncGenerator<StatementLine> {
    let last: StatementLine | null = null;
    for (;;) {
      const batch: StatementLine[] = await this.statements.linesAfter(sellerId, period, last, BATCH);
      yield* batch;
      if (batch.length < BATCH) return;
      last = batch.at(-1) ?? null;
    }
  }
}

function assertPeriod({ from, to }: StatementPeriod): void {
  if (from !== undefined && to !== undefined && from > to) {
    throw validationFailed([{ field: 'to', message: 'to must not be before from' }]);
  }
}

const emptyStatement = (currency: string): Statement => ({
  currency,
  openingMinor: 0,
  lines: [],
  closingMinor: 0,
});

function* balanceLines(
  kind: string,
  balances: ReadonlyMap<string, number>,
  createdAt: Date | null,
): Generator<StatementFileLine> {
  for (const [currency, balanceMinor] of balances) {
    yield { createdAt, kind, orderId: null, titles: null, amountMinor: 0, currency, balanceMinor };
  }
}

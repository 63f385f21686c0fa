import { ApiProperty } from '@nestjs/swagger';
import type { LedgerVerdict } from '../ledger-verification.service.js';

/** The sum of all accounts of one kind. */
export class AccountBalanceDto {
  @ApiProperty({ example: 'payable' })
  kind: string;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'Minor units, signed' })
  balance: number;
}

/** What one check found. */
export class LedgerCheckDto {
  @ApiProperty({ example: 'sales_are_booked' })
  name: string;

  @ApiProperty({ type: 'integer' })
  problem_count: number;

  @ApiProperty({ type: [String], description: 'The first of them, in words' })
  problems: string[];
}

/** Whether the book adds up and says what the business rows say. */
export class LedgerVerdictDto {
  @ApiProperty()
  balanced: boolean;

  @ApiProperty({ type: 'integer' })
  problem_count: number;

  @ApiProperty({ type: [String], description: 'The first problems of each check, in words' })
  problems: string[];

  @ApiProperty({ type: [LedgerCheckDto] })
  checks: LedgerCheckDto[];

  @ApiProperty({ type: [AccountBalanceDto] })
  accounts: AccountBalanceDto[];

  @ApiProperty({ format: 'date-time' })
  checked_at: string;

  static of({ accounts, checks, problemCount, checkedAt }: LedgerVerdict): LedgerVerdictDto {
    return {
      balanced: problemCount === 0,
      problem_count: problemCount,
      problems: checks.flatMap(({ problems }) => problems),
      checks: checks.map(({ name, count, problems }) => ({ name, problem_count: count, problems })),
      accounts: accounts.map(({ kind, currency, balanceMinor }) => ({
        kind,
        currency,
        balance: balanceMinor,
      })),
      checked_at: checkedAt.toISOString(),
    };
  }
}

import { ApiProperty } from '@nestjs/swagger';
import type { TrialBalance } from '../ledger.types.js';

/** The sum of one account. */
export class AccountBalanceDto {
  @ApiProperty({ example: 'payable' })
  kind: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  seller_id: string | null;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'Minor units, signed' })
  balance: number;
}

/** Whether the book adds up. */
export class TrialBalanceDto {
  @ApiProperty()
  balanced: boolean;

  @ApiProperty({ type: [String], description: 'Each sum that is wrong, in words' })
  problems: string[];

  @ApiProperty({ type: [AccountBalanceDto] })
  accounts: AccountBalanceDto[];

  static of({ accounts, problems }: TrialBalance): TrialBalanceDto {
    return {
      balanced: problems.length === 0,
      problems,
      accounts: accounts.map((account) => ({
        kind: account.kind,
        seller_id: account.sellerId,
        currency: account.currency,
        balance: account.balanceMinor,
      })),
    };
  }
}

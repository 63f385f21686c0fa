import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsMoment } from '../../../../../infrastructure/http/index.js';
import { PeriodQueryDto } from '../../../../../infrastructure/lists/index.js';
import type { BalancedLine, Statement } from '../statement.types.js';

/** A page of the ledger, or all of a period as a file. */
export class SellerLedgerQueryDto extends PeriodQueryDto {
  @ApiPropertyOptional({
    enum: ['json', 'csv'],
    default: 'json',
    description: 'csv: the whole period as a file; page, limit and cursor are not looked at',
  })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format: 'json' | 'csv' = 'json';
}

/** Which days a statement is about. */
export class StatementQueryDto {
  @ApiPropertyOptional({ format: 'date-time', description: 'From this moment on' })
  @IsOptional()
  @IsMoment()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this moment' })
  @IsOptional()
  @IsMoment()
  to?: Date;
}

/** One movement of what a seller is owed. */
export class StatementEntryDto {
  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ example: 'order_completed' })
  kind: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  order_id: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'What the seller sold with the order' })
  titles: string | null;

  @ApiProperty({ type: 'integer', description: 'Minor units, signed' })
  amount: number;

  @ApiProperty({ type: 'integer', description: 'What was owed after it, in minor units; negative is debt' })
  balance: number;

  static of({
    createdAt,
    kind,
    orderId,
    titles,
    amountMinor,
    balanceMinor,
  }: BalancedLine): StatementEntryDto {
    return {
      created_at: createdAt.toISOString(),
      kind,
      order_id: orderId,
      titles,
      amount: amountMinor,
      balance: balanceMinor,
    };
  }
}

/** What a seller was owed in one currency, how it moved, and what it came to. */
export class StatementDto {
  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'Minor units; negative is debt' })
  opening_balance: number;

  @ApiProperty({ type: [StatementEntryDto], description: 'In the order in which they were booked' })
  entries: StatementEntryDto[];

  @ApiProperty({ type: 'integer', description: 'Minor units; negative is debt' })
  closing_balance: number;

  static of({ currency, openingMinor, lines, closingMinor }: Statement): StatementDto {
    return {
      currency,
      opening_balance: openingMinor,
      entries: lines.map((line) => StatementEntryDto.of(line)),
      closing_balance: closingMinor,
    };
  }
}

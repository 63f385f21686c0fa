import { ApiProperty } from '@nestjs/swagger';

/** What a seller has in one currency, in minor units (07 7.9.5). */
export class SellerBalanceDto {
  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'What the platform owes the seller; never below zero' })
  available: number;

  @ApiProperty({ type: 'integer', description: 'The part of it that waits for its transfer' })
  pending: number;

  @ApiProperty({ type: 'integer', description: 'On its way to the account' })
  in_transit: number;

  @ApiProperty({ type: 'integer', description: 'What the seller owes; future sales repay it first' })
  debt: number;
}

import { ApiProperty } from '@nestjs/swagger';
import type { TransferPause } from '../transfer-pauses.repository.js';

/** A pause that is in force. */
export class TransferPauseDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: all sellers' })
  seller_id: string | null;

  @ApiProperty()
  reason: string;

  @ApiProperty({ format: 'uuid' })
  paused_by: string;

  @ApiProperty({ format: 'date-time' })
  paused_at: string;

  static of(pause: TransferPause): TransferPauseDto {
    return {
      seller_id: pause.sellerId,
      reason: pause.reason,
      paused_by: pause.pausedBy,
      paused_at: pause.pausedAt.toISOString(),
    };
  }
}

/** What is paused at present. */
export class TransferPausesDto {
  @ApiProperty({ description: 'The operator paused all transfers by TRANSFERS_PAUSED' })
  paused_by_configuration: boolean;

  @ApiProperty({ type: [TransferPauseDto], description: 'By administrators; at most 500' })
  pauses: TransferPauseDto[];
}

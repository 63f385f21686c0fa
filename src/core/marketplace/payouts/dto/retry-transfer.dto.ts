import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';

/** Why an administrator intervenes; kept in the audit log. */
export class TransferReasonDto {
  @ApiProperty({ minLength: 3, maxLength: 500 })
  @IsString()
  @MinLength(3)
  @MaxLength(500)
  reason: string;
}

/** How a transfer is sent again. */
export class RetryTransferDto extends TransferReasonDto {
  @ApiPropertyOptional({ default: false, description: 'Sends before the end of TRANSFER_HOLD_DAYS' })
  @IsOptional()
  @IsBoolean()
  ignore_hold?: boolean;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

/** One item of a partial refund. */
export class RefundItemDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  order_item_id: string;
}

/** What to give back; with neither items nor amount all that is left of the order. */
export class RefundRequestDto {
  @ApiPropertyOptional({ maxLength: 500 })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string;

  @ApiPropertyOptional({
    type: [RefundItemDto],
    minItems: 1,
    maxItems: 50,
    description: 'These items, with all that is left of them; not beside amount',
  })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => RefundItemDto)
  items?: RefundItemDto[];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'This amount in minor units, spread over the items; not beside items',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  amount?: number;
}

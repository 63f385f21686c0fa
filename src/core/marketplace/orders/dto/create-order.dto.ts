import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { normalizedCode } from '../../discounts/index.js';
import { MAX_PRICE_MINOR } from '../../products/index.js';
import type { OrderRequest } from '../orders.types.js';

/** One product to buy. */
export class CreateOrderItemDto {
  @ApiProperty({ format: 'uuid' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID()
  product_id: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_PRICE_MINOR,
    nullable: true,
    description: 'What to pay, in minor units: the price or more with pricing minimum, the price with fixed',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_PRICE_MINOR)
  amount?: number | null;
}

/** What to buy: 1 to 50 different products of one currency. */
export class CreateOrderDto {
  @ApiProperty({ type: [CreateOrderItemDto], minItems: 1, maxItems: 50 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @ArrayUnique((item: Partial<CreateOrderItemDto> | null) => item?.product_id, {
    message: 'items must be different products',
  })
  @Type(() => CreateOrderItemDto)
  items: CreateOrderItemDto[];

  @ApiPropertyOptional({ type: String, nullable: true, description: "Of one of the items' sellers" })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? normalizedCode(value) : value))
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(32)
  discount_code?: string | null;

  /** The request in the words of the service. */
  static requestOf(dto: CreateOrderDto): OrderRequest {
    return {
      lines: dto.items.map((item) => ({ productId: item.product_id, amountMinor: item.amount ?? null })),
      discountCode: dto.discount_code ?? null,
    };
  }
}

import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsUUID, ValidateNested } from 'class-validator';

/** One product to buy. */
export class CreateOrderItemDto {
  @ApiProperty({ format: 'uuid' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID()
  product_id: string;
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
}

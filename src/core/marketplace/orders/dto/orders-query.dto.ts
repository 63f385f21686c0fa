import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import { PeriodQueryDto } from '../../../../infrastructure/lists/index.js';
import { ORDER_STATUSES, type OrderStatus } from '../order-states.js';

/** Which of the caller's orders to list. */
export class OrdersQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: ORDER_STATUSES })
  @IsOptional()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;

  @ApiPropertyOptional({ enum: ['buyer', 'seller'], default: 'buyer' })
  @IsOptional()
  @IsIn(['buyer', 'seller'])
  role: 'buyer' | 'seller' = 'buyer';
}

/** Which orders an administrator lists. */
export class AdminOrdersQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: ORDER_STATUSES })
  @IsOptional()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  buyer_id?: string;
}

/** Which sales to list. */
export class SalesQueryDto extends PeriodQueryDto {
  @ApiPropertyOptional({ enum: ORDER_STATUSES })
  @IsOptional()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;
}

import { ApiProperty } from '@nestjs/swagger';
import { ORDER_STATUSES } from '../order-states.js';
import type { CountedSale } from '../orders.service.js';

/** A sold item as its seller sees it; amounts in minor units. */
export class SaleDto {
  @ApiProperty({ format: 'uuid', description: 'The order item' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  order_id: string;

  @ApiProperty({ format: 'uuid' })
  product_id: string;

  @ApiProperty()
  title: string;

  @ApiProperty()
  license_type: string;

  @ApiProperty({ enum: ORDER_STATUSES, description: 'Of the order' })
  status: string;

  @ApiProperty({ type: 'integer', description: 'Before the discount' })
  list_price: number;

  @ApiProperty({ type: 'integer' })
  discount: number;

  @ApiProperty({ type: 'integer', description: 'What was paid' })
  unit_price: number;

  @ApiProperty({ type: 'integer' })
  platform_fee: number;

  @ApiProperty({ type: 'integer' })
  net_amount: number;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'Downloads that the buyer has begun' })
  download_count: number;

  @ApiProperty({ format: 'date-time' })
  sold_at: string;

  static of(sale: CountedSale): SaleDto {
    return {
      id: sale.id,
      order_id: sale.orderId,
      product_id: sale.productId,
      title: sale.title,
      license_type: sale.licenseType,
      status: sale.status,
      list_price: sale.listPriceMinor,
      discount: sale.discountMinor,
      unit_price: sale.unitPriceMinor,
      platform_fee: sale.platformFeeMinor,
      net_amount: sale.netAmountMinor,
      currency: sale.currency,
      download_count: sale.downloadCount,
      sold_at: sale.soldAt.toISOString(),
    };
  }
}

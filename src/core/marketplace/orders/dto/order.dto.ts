import { ApiProperty } from '@nestjs/swagger';
import { LICENSE_TYPES } from '../../products/index.js';
import { ORDER_STATUSES } from '../order-states.js';
import type { Order, OrderItem } from '../orders.types.js';

/** A sold thing with its frozen price and fee; amounts in minor units. */
export class OrderItemDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  product_id: string;

  @ApiProperty({ format: 'uuid' })
  seller_id: string;

  @ApiProperty()
  title: string;

  @ApiProperty({ enum: LICENSE_TYPES })
  license_type: string;

  @ApiProperty({
    type: 'integer',
    description: 'The price, or what the buyer chose to pay, before the discount',
  })
  list_price: number;

  @ApiProperty({ type: 'integer' })
  discount: number;

  @ApiProperty({ type: 'integer', description: 'What is paid' })
  unit_price: number;

  @ApiProperty({ type: 'integer' })
  platform_fee: number;

  @ApiProperty({ type: 'integer', description: "The seller's share" })
  net_amount: number;

  static of(item: OrderItem): OrderItemDto {
    return {
      id: item.id,
      product_id: item.productId,
      seller_id: item.sellerId,
      title: item.title,
      license_type: item.licenseType,
      list_price: item.listPriceMinor,
      discount: item.discountMinor,
      unit_price: item.unitPriceMinor,
      platform_fee: item.platformFeeMinor,
      net_amount: item.netAmountMinor,
    };
  }
}

/** An order; amounts in minor units. Sellers see their own items only. */
export class OrderDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  buyer_id: string;

  @ApiProperty({ enum: ORDER_STATUSES })
  status: string;

  @ApiProperty({ type: 'integer' })
  total_amount: number;

  @ApiProperty({ type: 'integer' })
  refunded_amount: number;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: String, nullable: true, example: 'SUMMER-10' })
  discount_code: string | null;

  @ApiProperty({ type: 'integer', description: 'Of all items together; total_amount is what is left to pay' })
  discount_amount: number;

  @ApiProperty({ type: [OrderItemDto] })
  items: OrderItemDto[];

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Refunds may be asked for until then',
  })
  refund_deadline: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  completed_at: string | null;

  static of(order: Order): OrderDto {
    return {
      id: order.id,
      buyer_id: order.buyerId,
      status: order.status,
      total_amount: order.totalAmountMinor,
      refunded_amount: order.refundedAmountMinor,
      currency: order.currency,
      discount_code: order.discountCode,
      discount_amount: order.items.reduce((sum, item) => sum + item.discountMinor, 0),
      items: order.items.map((item) => OrderItemDto.of(item)),
      refund_deadline: order.refundDeadline?.toISOString() ?? null,
      created_at: order.createdAt.toISOString(),
      completed_at: order.completedAt?.toISOString() ?? null,
    };
  }
}

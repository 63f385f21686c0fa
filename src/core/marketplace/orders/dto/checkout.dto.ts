import { ApiProperty } from '@nestjs/swagger';
import type { Checkout } from '../checkout.service.js';
import { OrderDto } from './order.dto.js';

/** How to go on and pay at the provider. */
export class CheckoutPaymentDto {
  @ApiProperty({ example: 'hyperswitch' })
  provider: string;

  @ApiProperty({ example: 'pay_01j9zv6w3q8k4m2n7r5t1x0ybc' })
  payment_id: string;

  @ApiProperty({ type: String, nullable: true, description: "For the provider's checkout in the browser" })
  client_secret: string | null;

  @ApiProperty({ example: 'requires_payment_method', description: "The provider's word" })
  status: string;
}

/** A new order; `payment` is null for a free one. */
export class CheckoutDto {
  @ApiProperty({ type: OrderDto })
  order: OrderDto;

  @ApiProperty({ type: CheckoutPaymentDto, nullable: true })
  payment: CheckoutPaymentDto | null;

  static of({ order, payment }: Checkout): CheckoutDto {
    return {
      order: OrderDto.of(order),
      payment: payment && {
        provider: payment.provider,
        payment_id: payment.paymentId,
        client_secret: payment.clientSecret,
        status: payment.status,
      },
    };
  }
}

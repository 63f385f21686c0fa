import { Body, Controller, Get, Headers, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, ResponseMessage, UuidParam } from '../../../infrastructure/http/index.js';
import { CheckoutService } from './checkout.service.js';
import { CheckoutDto } from './dto/checkout.dto.js';
import { CreateOrderDto } from './dto/create-order.dto.js';
import { OrderDto } from './dto/order.dto.js';
import { OrdersQueryDto } from './dto/orders-query.dto.js';
import { OrdersService } from './orders.service.js';

/** Buying, and what was bought or sold. */
@ApiTags('marketplace')
@Controller('marketplace/orders')
export class OrdersController {
  constructor(
    private readonly checkout: CheckoutService,
    private readonly orders: OrdersService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Orders products and opens the payment; a free order completes at once' })
  @RequirePermission('orders.create')
  @Idempotent()
  @ResponseMessage('Order created')
  @ApiEnvelope(CheckoutDto, { status: 201, failures: [400, 404, 503] })
  async create(
    @Body() body: CreateOrderDto,
    @CurrentUser() user: RequestUser,
    @Headers('Idempotency-Key') idempotencyKey?: string,
  ): Promise<CheckoutDto> {
    return CheckoutDto.of(await this.checkout.place(user, CreateOrderDto.requestOf(body), idempotencyKey));
  }

  @Get()
  @ApiOperation({ summary: "The caller's orders as buyer or as seller, newest first" })
  @RequirePermission('orders.read')
  @ApiEnvelope(OrderDto, { paginated: true, failures: [400] })
  async list(@CurrentUser() user: RequestUser, @Query() query: OrdersQueryDto): Promise<Paginated<OrderDto>> {
    return (await this.orders.listOwn(user.id, query.role, query)).map((order) => OrderDto.of(order));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One order, for its buyer, a seller in it, or an administrator' })
  @RequirePermission('orders.read')
  @ApiEnvelope(OrderDto, { failures: [400, 404] })
  async get(@CurrentUser() user: RequestUser, @UuidParam() id: string): Promise<OrderDto> {
    return OrderDto.of(await this.orders.getForActor(id, user));
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import { RequirePermission } from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../../infrastructure/http/index.js';
import { OrderDto } from './dto/order.dto.js';
import { AdminOrdersQueryDto } from './dto/orders-query.dto.js';
import { OrdersService } from './orders.service.js';

/** Everybody's orders, for administrators. */
@ApiTags('admin')
@Controller('admin/orders')
export class OrdersAdminController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @ApiOperation({ summary: 'All orders, newest first' })
  @RequirePermission('orders.read_all')
  @ApiEnvelope(OrderDto, { paginated: true, failures: [400] })
  async list(@Query() query: AdminOrdersQueryDto): Promise<Paginated<OrderDto>> {
    const { page, limit, cursor, status, buyer_id: buyerId } = query;
    return (await this.orders.listAll({ page, limit, cursor, status, buyerId })).map((order) =>
      OrderDto.of(order),
    );
  }
}

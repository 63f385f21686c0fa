import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../../infrastructure/http/index.js';
import { SalesQueryDto } from './dto/orders-query.dto.js';
import { SaleDto } from './dto/sale.dto.js';
import { OrdersService } from './orders.service.js';

/** What a seller sold. */
@ApiTags('seller')
@Controller('marketplace/seller/sales')
export class SalesController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @ApiOperation({ summary: "The caller's sold items, the latest sale first" })
  @RequirePermission('sales.read')
  @ApiEnvelope(SaleDto, { paginated: true, failures: [400] })
  async list(@CurrentUser() user: RequestUser, @Query() query: SalesQueryDto): Promise<Paginated<SaleDto>> {
    return (await this.orders.listSales(user.id, query)).map((sale) => SaleDto.of(sale));
  }
}

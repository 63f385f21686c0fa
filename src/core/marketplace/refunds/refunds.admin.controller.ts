import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import { RequirePermission } from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../../infrastructure/http/index.js';
import { AdminRefundDto } from './dto/refund.dto.js';
import { RefundQueryDto } from './dto/refund-query.dto.js';
import { RefundsService } from './refunds.service.js';

/** All refunds, for administrators. */
@ApiTags('admin')
@Controller('admin/refunds')
export class RefundsAdminController {
  constructor(private readonly refunds: RefundsService) {}

  @Get()
  @RequirePermission('refunds.read_all')
  @ApiOperation({ summary: 'All refunds, newest first' })
  @ApiEnvelope(AdminRefundDto, { paginated: true, failures: [400] })
  async list(@Query() query: RefundQueryDto): Promise<Paginated<AdminRefundDto>> {
    const refunds = await this.refunds.list(query);
    return refunds.map((refund) => AdminRefundDto.of(refund));
  }
}

import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, UuidParam } from '../../../infrastructure/http/index.js';
import { AdminRefundDto, ResolvedRefundDto } from './dto/refund.dto.js';
import { RefundQueryDto } from './dto/refund-query.dto.js';
import { ResolveRefundDto } from './dto/resolve-refund.dto.js';
import { RefundResolutions } from './refund-resolution.service.js';
import { RefundsService } from './refunds.service.js';

/** All refunds, for administrators. */
@ApiTags('admin')
@Controller('admin/refunds')
export class RefundsAdminController {
  constructor(
    private readonly refunds: RefundsService,
    private readonly resolutions: RefundResolutions,
  ) {}

  @Get()
  @RequirePermission('refunds.read_all')
  @ApiOperation({ summary: 'All refunds, newest first' })
  @ApiEnvelope(AdminRefundDto, { paginated: true, failures: [400] })
  async list(@Query() query: RefundQueryDto): Promise<Paginated<AdminRefundDto>> {
    const refunds = await this.refunds.list(query);
    return refunds.map((refund) => AdminRefundDto.of(refund));
  }

  @Post(':id/resolve')
  @HttpCode(202)
  @RequirePermission('refunds.resolve')
  @Idempotent()
  @ApiOperation({ summary: 'Ends or sends again a refund that does not end by itself' })
  @ApiEnvelope(ResolvedRefundDto, { status: 202, failures: [400, 404, 409, 422, 503] })
  async resolve(
    @UuidParam() id: string,
    @CurrentUser() user: RequestUser,
    @Body() { outcome, reason }: ResolveRefundDto,
  ): Promise<ResolvedRefundDto> {
    return ResolvedRefundDto.of(await this.resolutions.resolve(id, { outcome, reason, adminId: user.id }));
  }
}

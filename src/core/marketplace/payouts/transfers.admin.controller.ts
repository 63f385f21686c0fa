import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import { RequirePermission } from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, UuidParam } from '../../../infrastructure/http/index.js';
import { RetryTransferDto } from './dto/retry-transfer.dto.js';
import { TransferQueryDto } from './dto/transfer-query.dto.js';
import { AdminTransferDto } from './dto/transfer.dto.js';
import { TransferRetries } from './transfer-retries.service.js';

/** All transfers, and another try for one of them (S0). */
@ApiTags('admin')
@Controller('admin/transfers')
export class TransfersAdminController {
  constructor(private readonly retries: TransferRetries) {}

  @Get()
  @RequirePermission('payouts.read_all')
  @ApiOperation({ summary: 'All transfers, newest first' })
  @ApiEnvelope(AdminTransferDto, { paginated: true, failures: [400] })
  async list(@Query() query: TransferQueryDto): Promise<Paginated<AdminTransferDto>> {
    const transfers = await this.retries.list(query);
    return transfers.map((transfer) => AdminTransferDto.of(transfer));
  }

  @Post(':id/retry')
  @HttpCode(200)
  @RequirePermission('payouts.retry')
  @Idempotent()
  @ApiOperation({ summary: 'Sends a transfer, or its reversal, again at once' })
  @ApiEnvelope(AdminTransferDto, { failures: [400, 404, 409, 503] })
  async retry(@UuidParam() id: string, @Body() { reason }: RetryTransferDto): Promise<AdminTransferDto> {
    return AdminTransferDto.of(await this.retries.retry(id, reason));
  }
}

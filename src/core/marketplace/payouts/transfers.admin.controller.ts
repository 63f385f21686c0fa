import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, UuidParam } from '../../../infrastructure/http/index.js';
import { RetryTransferDto, TransferReasonDto } from './dto/retry-transfer.dto.js';
import { TransferQueryDto } from './dto/transfer-query.dto.js';
import { AdminTransferDto, RetriedTransferDto } from './dto/transfer.dto.js';
import { TransferCancellations } from './transfer-cancellations.service.js';
import { TransferRetries } from './transfer-retries.service.js';

/** All transfers, another try for one of them (S0), and the end of one that never left. */
@ApiTags('admin')
@Controller('admin/transfers')
export class TransfersAdminController {
  constructor(
    private readonly retries: TransferRetries,
    private readonly cancellations: TransferCancellations,
  ) {}

  @Get()
  @RequirePermission('payouts.read_all')
  @ApiOperation({ summary: 'All transfers, newest first' })
  @ApiEnvelope(AdminTransferDto, { paginated: true, failures: [400] })
  async list(@Query() query: TransferQueryDto): Promise<Paginated<AdminTransferDto>> {
    const transfers = await this.retries.list(query);
    return transfers.map((transfer) => AdminTransferDto.of(transfer));
  }

  @Post(':id/retry')
  @RequirePermission('payouts.retry')
  @Idempotent()
  @ApiOperation({
    summary: 'Sends a transfer, or its reversals, again at once',
    description: '202 with the approval when FOUR_EYES_AMOUNT asks for a second administrator',
  })
  @ApiEnvelope(RetriedTransferDto, { failures: [400, 404, 409, 503] })
  async retry(
    @UuidParam() id: string,
    @CurrentUser() user: RequestUser,
    @Body() { reason, ignore_hold: ignoresHold = false }: RetryTransferDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RetriedTransferDto> {
    const retried = await this.retries.retry(id, { adminId: user.id, reason, ignoresHold });
    void reply.status(retried.approval === null ? 200 : 202);
    return RetriedTransferDto.ofRetried(retried);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @RequirePermission('payouts.cancel')
  @Idempotent()
  @ApiOperation({
    summary: 'Ends a transfer that never left',
    description:
      "The money stays in the seller's available balance; POST /admin/transfers/:id/retry sends it after all",
  })
  @ApiEnvelope(AdminTransferDto, { failures: [400, 404, 409] })
  async cancel(@UuidParam() id: string, @Body() { reason }: TransferReasonDto): Promise<AdminTransferDto> {
    return AdminTransferDto.of(await this.cancellations.cancel(id, reason));
  }
}

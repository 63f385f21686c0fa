import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, UuidParam } from '../../../infrastructure/http/index.js';
import { TransferReasonDto } from './dto/retry-transfer.dto.js';
import { TransferPausesDto } from './dto/transfer-pause.dto.js';
import { TransferPauses } from './transfer-pauses.service.js';

/** The brake: no new transfers, to anybody or to one seller (issue: money, 8). */
@ApiTags('admin')
@Controller('admin')
export class TransferPausesAdminController {
  constructor(private readonly pauses: TransferPauses) {}

  @Get('transfers/pauses')
  @RequirePermission('payouts.read_all')
  @ApiOperation({ summary: 'What is paused at present' })
  @ApiEnvelope(TransferPausesDto)
  list(): Promise<TransferPausesDto> {
    return this.pauses.list();
  }

  @Post('transfers/pause')
  @HttpCode(200)
  @RequirePermission('payouts.pause')
  @Idempotent()
  @ApiOperation({ summary: 'Starts no transfer to anybody from now on' })
  @ApiEnvelope(TransferPausesDto, { failures: [400, 409] })
  pauseAll(
    @CurrentUser() user: RequestUser,
    @Body() { reason }: TransferReasonDto,
  ): Promise<TransferPausesDto> {
    return this.pauses.pause({ sellerId: null, adminId: user.id, reason });
  }

  @Post('transfers/resume')
  @HttpCode(200)
  @RequirePermission('payouts.pause')
  @Idempotent()
  @ApiOperation({ summary: 'Ends the pause for all sellers; pauses of single sellers stay' })
  @ApiEnvelope(TransferPausesDto, { failures: [400, 409] })
  resumeAll(
    @CurrentUser() user: RequestUser,
    @Body() { reason }: TransferReasonDto,
  ): Promise<TransferPausesDto> {
    return this.pauses.resume({ sellerId: null, adminId: user.id, reason });
  }

  @Post('sellers/:id/transfers/pause')
  @HttpCode(200)
  @RequirePermission('payouts.pause')
  @Idempotent()
  @ApiOperation({ summary: 'Starts no transfer to a seller from now on' })
  @ApiEnvelope(TransferPausesDto, { failures: [400, 404, 409] })
  pauseSeller(
    @UuidParam() id: string,
    @CurrentUser() user: RequestUser,
    @Body() { reason }: TransferReasonDto,
  ): Promise<TransferPausesDto> {
    return this.pauses.pause({ sellerId: id, adminId: user.id, reason });
  }

  @Post('sellers/:id/transfers/resume')
  @HttpCode(200)
  @RequirePermission('payouts.pause')
  @Idempotent()
  @ApiOperation({ summary: 'Ends the pause of a seller; a pause for all stays' })
  @ApiEnvelope(TransferPausesDto, { failures: [400, 404, 409] })
  resumeSeller(
    @UuidParam() id: string,
    @CurrentUser() user: RequestUser,
    @Body() { reason }: TransferReasonDto,
  ): Promise<TransferPausesDto> {
    return this.pauses.resume({ sellerId: id, adminId: user.id, reason });
  }
}

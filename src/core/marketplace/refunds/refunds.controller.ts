import { Body, Controller, Get, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, ResponseMessage, UuidParam } from '../../../infrastructure/http/index.js';
import { RefundDto, RequestedRefundDto } from './dto/refund.dto.js';
import { RefundRequestDto } from './dto/refund-request.dto.js';
import { RefundsService } from './refunds.service.js';

/** Giving an order back (S1). */
@ApiTags('marketplace')
@Controller('marketplace/orders')
export class RefundsController {
  constructor(private readonly refunds: RefundsService) {}

  @Post(':id/refund')
  @HttpCode(202)
  @RequirePermission('refunds.create')
  @Idempotent()
  @ResponseMessage('Refund requested; it is pending until the payment provider confirms it')
  @ApiOperation({ summary: 'Asks for the order to be given back: its buyer, its sellers, administrators' })
  @ApiBody({ type: RefundRequestDto, required: false })
  @ApiEnvelope(RequestedRefundDto, { status: 202, failures: [400, 404, 409, 503] })
  async request(
    @UuidParam() id: string,
    @CurrentUser() user: RequestUser,
    @Body() body: RefundRequestDto,
    @Headers('Idempotency-Key') key?: string,
  ): Promise<RequestedRefundDto> {
    return RequestedRefundDto.of(await this.refunds.request(id, user, body, key));
  }

  @Get(':id/refunds')
  @RequirePermission('refunds.read')
  @ApiOperation({ summary: 'The refunds of an order, newest first' })
  @ApiEnvelope(RefundDto, { isArray: true, failures: [400, 404] })
  async list(@UuidParam() id: string, @CurrentUser() user: RequestUser): Promise<RefundDto[]> {
    const refunds = await this.refunds.listOfOrder(id, user);
    return refunds.map((refund) => RefundDto.of(refund));
  }
}

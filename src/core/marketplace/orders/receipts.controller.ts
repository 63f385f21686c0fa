import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import {
  ApiEnvelope,
  EndpointLimit,
  Idempotent,
  ResponseMessage,
  UuidParam,
} from '../../../infrastructure/http/index.js';
import { ReceiptsService } from './receipts.service.js';

/** Receipts that got lost. */
@ApiTags('marketplace')
@Controller('marketplace/orders')
export class ReceiptsController {
  constructor(private readonly receipts: ReceiptsService) {}

  @Post(':id/receipt')
  @HttpCode(202)
  @RequirePermission('orders.read')
  @EndpointLimit('receipt')
  @Idempotent()
  @ResponseMessage('The receipt is on its way')
  @ApiOperation({ summary: 'Mails the receipt of a completed order to its buyer once more' })
  @ApiEnvelope(null, { status: 202, failures: [400, 404] })
  async sendAgain(@UuidParam() id: string, @CurrentUser() user: RequestUser): Promise<void> {
    await this.receipts.sendAgain(id, user.id);
  }
}

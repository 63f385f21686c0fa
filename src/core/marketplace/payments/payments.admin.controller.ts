import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import { RequirePermission } from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, ResponseMessage, UuidParam } from '../../../infrastructure/http/index.js';
import { PaymentExceptionDto, PaymentExceptionsQueryDto } from './dto/payment-exception.dto.js';
import { WebhookEventDto, WebhookEventsQueryDto } from './dto/webhook-event.dto.js';
import { PaymentExceptions } from './payment-exceptions.service.js';
import { WebhookInbox } from './webhook-inbox.service.js';

/** What operators need to see of payments. */
@ApiTags('admin')
@Controller('admin')
export class PaymentsAdminController {
  constructor(
    private readonly exceptions: PaymentExceptions,
    private readonly inbox: WebhookInbox,
  ) {}

  @Get('payments/exceptions')
  @ApiOperation({ summary: 'Cases that a person has to decide, newest first' })
  @RequirePermission('payments.read_all')
  @ApiEnvelope(PaymentExceptionDto, { paginated: true, failures: [400] })
  async listExceptions(@Query() query: PaymentExceptionsQueryDto): Promise<Paginated<PaymentExceptionDto>> {
    return (await this.exceptions.list(query.toQuery())).map((one) => PaymentExceptionDto.of(one));
  }

  @Get('webhook-events')
  @ApiOperation({ summary: 'The inbox of provider deliveries, newest first' })
  @RequirePermission('webhooks.read')
  @ApiEnvelope(WebhookEventDto, { paginated: true, failures: [400] })
  async listWebhooks(@Query() query: WebhookEventsQueryDto): Promise<Paginated<WebhookEventDto>> {
    return (await this.inbox.list(query)).map((one) => WebhookEventDto.of(one));
  }

  @Post('webhook-events/:id/replay')
  @ApiOperation({ summary: 'Applies a stored delivery once more' })
  @RequirePermission('webhooks.replay')
  @HttpCode(202)
  @ResponseMessage('Queued')
  @ApiEnvelope(WebhookEventDto, { status: 202, failures: [400, 404, 409] })
  async replay(@UuidParam() id: string): Promise<WebhookEventDto> {
    return WebhookEventDto.of(await this.inbox.replay(id));
  }
}

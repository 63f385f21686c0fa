import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, ResponseMessage, UuidParam } from '../../../infrastructure/http/index.js';
import {
  PaymentExceptionDto,
  PaymentExceptionsQueryDto,
  ResolveExceptionDto,
} from './dto/payment-exception.dto.js';
import {
  ReplayedWebhooksDto,
  ReplayWebhookDto,
  ReplayWebhooksDto,
  WebhookEventDetailDto,
  WebhookEventDto,
  WebhookEventsQueryDto,
} from './dto/webhook-event.dto.js';
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

  @Get('payments/exceptions/:id')
  @ApiOperation({ summary: 'One case' })
  @RequirePermission('payments.read_all')
  @ApiEnvelope(PaymentExceptionDto, { failures: [400, 404] })
  async getException(@UuidParam() id: string): Promise<PaymentExceptionDto> {
    return PaymentExceptionDto.of(await this.exceptions.get(id));
  }

  @Post('payments/exceptions/:id/resolve')
  @ApiOperation({ summary: 'Closes a case with a note of what was found and done' })
  @RequirePermission('payments.resolve')
  @Idempotent()
  @HttpCode(200)
  @ApiEnvelope(PaymentExceptionDto, { failures: [400, 404, 409] })
  async resolveException(
    @UuidParam() id: string,
    @Body() { note }: ResolveExceptionDto,
    @CurrentUser() user: RequestUser,
  ): Promise<PaymentExceptionDto> {
    return PaymentExceptionDto.of(await this.exceptions.resolve(id, { adminId: user.id, note }));
  }

  @Get('webhook-events')
  @ApiOperation({ summary: 'The inbox of provider deliveries, newest first' })
  @RequirePermission('webhooks.read')
  @ApiEnvelope(WebhookEventDto, { paginated: true, failures: [400] })
  async listWebhooks(@Query() query: WebhookEventsQueryDto): Promise<Paginated<WebhookEventDto>> {
    return (await this.inbox.list(query.toQuery())).map((one) => WebhookEventDto.of(one));
  }

  @Get('webhook-events/:id')
  @ApiOperation({ summary: 'One delivery with its headers and its body' })
  @RequirePermission('webhooks.read')
  @ApiEnvelope(WebhookEventDetailDto, { failures: [400, 404] })
  async getWebhook(@UuidParam() id: string): Promise<WebhookEventDetailDto> {
    return WebhookEventDetailDto.ofStored(await this.inbox.get(id));
  }

  @Post('webhook-events/replay')
  @ApiOperation({ summary: 'Applies the oldest deliveries of a status and period once more, 500 at a time' })
  @RequirePermission('webhooks.replay')
  @Idempotent()
  @HttpCode(202)
  @ResponseMessage('Queued')
  @ApiEnvelope(ReplayedWebhooksDto, { status: 202, failures: [400] })
  async replayMany(@Body() { reason, ...batch }: ReplayWebhooksDto): Promise<ReplayedWebhooksDto> {
    const { queued, hasMore } = await this.inbox.replayMany(batch, reason);
    return { queued, has_more: hasMore };
  }

  @Post('webhook-events/:id/replay')
  @ApiOperation({ summary: 'Applies a stored delivery once more' })
  @RequirePermission('webhooks.replay')
  @Idempotent()
  @HttpCode(202)
  @ResponseMessage('Queued')
  @ApiEnvelope(WebhookEventDto, { status: 202, failures: [400, 404, 409] })
  async replay(@UuidParam() id: string, @Body() { reason }: ReplayWebhookDto): Promise<WebhookEventDto> {
    return WebhookEventDto.of(await this.inbox.replay(id, reason));
  }
}

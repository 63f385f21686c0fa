import { Controller, Headers, HttpCode, Post, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../../infrastructure/http/access/index.js';
import {
  ApiEnvelope,
  EndpointLimit,
  OutsideGlobalLimit,
  ReadsRawBody,
  ResponseMessage,
} from '../../../infrastructure/http/index.js';
import { Metrics } from '../../../infrastructure/metrics/index.js';
import { RateLimitGuard } from '../../../infrastructure/rate-limit/index.js';
import { WebhookInbox } from './webhook-inbox.service.js';
import { WebhookVerifier } from './webhook-verifier.js';
import { invalidSignature } from './webhooks.errors.js';
import type { IncomingWebhook, WebhookProvider } from './webhooks.types.js';

type Delivery = RawBodyRequest<FastifyRequest>;

/** Where the providers report. The signature over the raw bytes is the credential. */
@ApiTags('webhooks')
@Controller('webhooks')
export class WebhooksController {
  constructor(
    private readonly inbox: WebhookInbox,
    private readonly verifier: WebhookVerifier,
    private readonly limits: RateLimitGuard,
    private readonly metrics: Metrics,
  ) {}

  @Post('hyperswitch')
  @ApiOperation({ summary: 'Stores a delivery of Hyperswitch; it is applied afterwards' })
  @Public()
  @OutsideGlobalLimit()
  @ReadsRawBody()
  @EndpointLimit('webhook')
  @HttpCode(200)
  @ResponseMessage('Received')
  @ApiHeader({ name: 'x-webhook-signature-512', description: 'HMAC-SHA512 of the raw body, lower-case hex' })
  @ApiBody({
    description: 'The event as the provider signed it',
    schema: { type: 'object', additionalProperties: true },
  })
  @ApiEnvelope(null, { failures: [400, 401, 413, 415, 429, 503] })
  async hyperswitch(
    @Req() request: Delivery,
    @Headers('x-webhook-signature-512') signature?: string,
  ): Promise<null> {
    return this.receive('hyperswitch', request, signature);
  }

  @Post('stripe')
  @ApiOperation({
    summary: 'Stores a delivery of Stripe, of the platform or of Connect; it is applied afterwards',
  })
  @Public()
  @OutsideGlobalLimit()
  @ReadsRawBody()
  @EndpointLimit('webhook')
  @HttpCode(200)
  @ResponseMessage('Received')
  @ApiHeader({ name: 'Stripe-Signature', description: 'Time and HMAC-SHA256 of the raw body' })
  @ApiBody({
    description: 'The event as the provider signed it',
    schema: { type: 'object', additionalProperties: true },
  })
  @ApiEnvelope(null, { failures: [400, 401, 413, 415, 429, 503] })
  async stripe(@Req() request: Delivery, @Headers('Stripe-Signature') signature?: string): Promise<null> {
    return this.receive('stripe', request, signature);
  }

  private async receive(provider: WebhookProvider, request: Delivery, signature?: string): Promise<null> {
    const { authorization: _authorization, cookie: _cookie, ...headers } = request.headers;
    const webhook = { provider, rawBody: request.rawBody ?? Buffer.alloc(0), signature, headers };
    await this.verify(request, webhook);
    await this.inbox.receive(webhook);
    return null;
  }

  /** Signed deliveries stand outside the per-IP limit, and only they (design/decisions.md, Limits). */
  private async verify(request: FastifyRequest, webhook: IncomingWebhook): Promise<void> {
    const isSigned = this.verifier.isSigned(webhook);
    this.metrics.webhookReceived(webhook.provider, isSigned ? 'accepted' : 'rejected');
    if (isSigned) return;
    await this.limits.countAgainstGlobalLimit(request);
    throw invalidSignature();
  }
}

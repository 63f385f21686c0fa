import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access/index.js';
import { ApiFailures, OutsideGlobalLimit, RawResponse } from '../http/index.js';
import { metricsForbidden, metricsTokenRequired } from './metrics.errors.js';
import { Metrics } from './metrics.js';
import { OperatorAccess } from './operator-access.js';

@ApiTags('Operations')
@Controller()
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly access: OperatorAccess,
  ) {}

  /** Prometheus text; JSON only for `Accept: application/json` (09 C4). */
  @Get('metrics')
  @Public()
  @OutsideGlobalLimit()
  @RawResponse()
  @ApiOperation({ summary: 'Metrics in Prometheus text, or as JSON' })
  @ApiOkResponse({
    description: 'The metrics',
    content: {
      'text/plain': { schema: { type: 'string' } },
      'application/json': { schema: { type: 'array', items: { type: 'object' } } },
    },
  })
  @ApiFailures(401, 403)
  async read(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | object[]> {
    if (!this.access.isOperator(request)) {
      throw this.access.isTokenRequired ? metricsTokenRequired() : metricsForbidden();
    }
    if (request.headers.accept === 'application/json') return this.metrics.asJson();
    void reply.header('Content-Type', this.metrics.contentType);
    return this.metrics.asText();
  }
}

import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access/index.js';
import { OutsideGlobalLimit, RawResponse } from '../http/index.js';
import { OperatorAccess } from '../metrics/index.js';
import {
  ComponentReportDto,
  HealthReportDto,
  LivenessReportDto,
  ReadinessReportDto,
  StatusReportDto,
} from './health.dto.js';
import type { HealthAnswer } from './health-report.js';
import { HealthReports } from './health-reports.service.js';

/** Health at the root, for probes and people (S0, S4, 09 C3). */
@ApiTags('Operations')
@ApiExtraModels(ComponentReportDto)
@Controller()
@OutsideGlobalLimit()
export class HealthController {
  constructor(
    private readonly reports: HealthReports,
    private readonly access: OperatorAccess,
  ) {}

  @Get(['health', 'api/health'])
  @Public()
  @RawResponse()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Overview of this process and what it needs' })
  @ApiOkResponse({ type: HealthReportDto })
  @ApiServiceUnavailableResponse({ type: HealthReportDto })
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReportDto> {
    return send(reply, await this.reports.health());
  }

  @Get(['healthz', 'live'])
  @Public()
  @RawResponse()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Liveness: this process answers' })
  @ApiOkResponse({ type: LivenessReportDto })
  async live(@Res({ passthrough: true }) reply: FastifyReply): Promise<LivenessReportDto> {
    return send(reply, await this.reports.liveness());
  }

  @Get(['readyz', 'ready'])
  @Public()
  @RawResponse()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Readiness: fails only without the database' })
  @ApiOkResponse({ type: ReadinessReportDto })
  @ApiServiceUnavailableResponse({ type: ReadinessReportDto })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReportDto> {
    return send(reply, await this.reports.readiness());
  }

  @Get('status')
  @Public()
  @RawResponse()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Detailed status of every service; details of the installation for operators' })
  @ApiOkResponse({ type: StatusReportDto })
  @ApiServiceUnavailableResponse({ type: StatusReportDto })
  async status(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StatusReportDto> {
    return send(reply, await this.reports.status(this.access.isOperator(request)));
  }
}

function send<Body>(reply: FastifyReply, { httpStatus, body }: HealthAnswer<Body>): Body {
  void reply.status(httpStatus);
  return body;
}

import { Body, Controller, Get, HttpCode, Post, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../../infrastructure/http/access/index.js';
import {
  ApiEnvelope,
  ApiFailures,
  Idempotent,
  PageQueryDto,
  ResponseMessage,
  UuidParam,
} from '../../../../infrastructure/http/index.js';
import {
  DownloadQueryDto,
  ReconciliationReportDto,
  RequestReportDto,
} from './dto/reconciliation-report.dto.js';
import { reportFile } from './report-file.js';
import { ReconciliationReports } from './reconciliation-reports.service.js';

/** Our books beside the providers' books. */
@ApiTags('admin')
@Controller('admin/reconciliation-reports')
export class ReconciliationAdminController {
  constructor(private readonly reports: ReconciliationReports) {}

  @Post()
  @HttpCode(202)
  @RequirePermission('reconciliation.run')
  @Idempotent()
  @ResponseMessage('The report is being made')
  @ApiOperation({ summary: 'Makes the report of a day, or makes it again' })
  @ApiEnvelope(ReconciliationReportDto, { status: 202, failures: [400] })
  async request(
    @CurrentUser() user: RequestUser,
    @Body() { day }: RequestReportDto,
  ): Promise<ReconciliationReportDto> {
    return ReconciliationReportDto.of(await this.reports.request(day, user.id));
  }

  @Get()
  @RequirePermission('reconciliation.read')
  @ApiOperation({ summary: 'The reconciliation reports, newest request first' })
  @ApiEnvelope(ReconciliationReportDto, { paginated: true, failures: [400] })
  async list(@Query() query: PageQueryDto): Promise<Paginated<ReconciliationReportDto>> {
    return (await this.reports.list(query)).map((report) => ReconciliationReportDto.of(report));
  }

  @Get(':id')
  @RequirePermission('reconciliation.read')
  @ApiOperation({ summary: 'One reconciliation report' })
  @ApiEnvelope(ReconciliationReportDto, { failures: [400, 404] })
  async read(@UuidParam() id: string): Promise<ReconciliationReportDto> {
    return ReconciliationReportDto.of(await this.reports.get(id));
  }

  @Get(':id/download')
  @RequirePermission('reconciliation.read')
  @ApiOperation({ summary: 'The differences of a report as CSV, or the whole report as JSON' })
  @ApiProduces('text/csv', 'application/json')
  @ApiResponse({ status: 200, description: 'The file', schema: { type: 'string', format: 'binary' } })
  @ApiFailures(400, 404, 409, 429)
  async download(@UuidParam() id: string, @Query() { format }: DownloadQueryDto): Promise<StreamableFile> {
    return reportFile(await this.reports.open(id), format);
  }
}

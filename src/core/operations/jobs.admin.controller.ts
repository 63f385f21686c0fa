import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, ResponseMessage } from '../../infrastructure/http/index.js';
import { JobDto, JobRunDto } from './dto/job.dto.js';
import { JobOperationsService } from './job-operations.service.js';

/** Scheduled jobs for operators (issue: foundation, 11). */
@ApiTags('admin')
@Controller('admin/jobs')
export class JobsAdminController {
  constructor(private readonly jobs: JobOperationsService) {}

  @Get()
  @RequirePermission('jobs.read')
  @ApiOperation({ summary: 'Scheduled jobs with their next tick and newest run' })
  @ApiEnvelope(JobDto, { isArray: true })
  async list(): Promise<JobDto[]> {
    const jobs = await this.jobs.list();
    return jobs.map((job) => JobDto.of(job));
  }

  @Post(':id/run')
  @HttpCode(202)
  @RequirePermission('jobs.run')
  @Idempotent()
  @ResponseMessage('The run is queued')
  @ApiOperation({
    summary: 'Run a job now',
    description: 'A worker begins it; `GET /admin/jobs` shows how it ended.',
  })
  @ApiEnvelope(JobRunDto, { status: 202, failures: [404, 409] })
  async run(@Param('id') id: string): Promise<JobRunDto> {
    return JobRunDto.of(await this.jobs.requestRun(id));
  }
}

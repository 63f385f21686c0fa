import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { JobOperationsService } from './job-operations.service.js';
import { JobsAdminController } from './jobs.admin.controller.js';
import { IdempotencyRetentionJob } from './jobs/idempotency-retention.job.js';
import { StartJobRunHandler } from './jobs/start-job-run.handler.js';

/** What operators do with the running product. */
@Module({
  imports: [AuditModule],
  controllers: [JobsAdminController],
  providers: [JobOperationsService, StartJobRunHandler, IdempotencyRetentionJob],
})
export class OperationsModule {}

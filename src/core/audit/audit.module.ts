import { Module } from '@nestjs/common';
import { AuditLogsAdminController } from './audit-logs.admin.controller.js';
import { AuditLogsRepository } from './audit-logs.repository.js';
import { AuditLogsService } from './audit-logs.service.js';
import { AuditWriter } from './audit-writer.js';

/** Who did what: written by every module in its own transactions, read by administrators. */
@Module({
  controllers: [AuditLogsAdminController],
  providers: [AuditLogsRepository, AuditLogsService, AuditWriter],
  exports: [AuditWriter],
})
export class AuditModule {}

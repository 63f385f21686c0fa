import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../common/pagination/index.js';
import { RequirePermission } from '../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../infrastructure/http/index.js';
import { AuditLogsService } from './audit-logs.service.js';
import { AuditLogDto } from './dto/audit-log.dto.js';
import { ListAuditLogsQueryDto } from './dto/list-audit-logs.query.dto.js';

/** The audit trail for administrators (01, S0). */
@ApiTags('admin')
@Controller('admin/audit')
export class AuditLogsAdminController {
  constructor(private readonly logs: AuditLogsService) {}

  @Get('logs')
  @RequirePermission('audit.read')
  @ApiOperation({ summary: 'Who did what, newest first' })
  @ApiEnvelope(AuditLogDto, { paginated: true, failures: [400] })
  async list(@Query() query: ListAuditLogsQueryDto): Promise<Paginated<AuditLogDto>> {
    const { user_id: userId, action, resource: resourceType, from, to } = query;
    const page = await this.logs.list({ userId, action, resourceType, from, to }, query);
    return page.map((log) => AuditLogDto.of(log));
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import { RequirePermission } from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, UuidParam } from '../../../infrastructure/http/index.js';
import { DisputeDetailDto, DisputeDto, DisputesQueryDto } from './dto/dispute.dto.js';
import { DisputesService } from './disputes.service.js';

/** What the buyers' banks took back, for administrators. The bank decides; there is nothing to do here. */
@ApiTags('admin')
@Controller('admin/disputes')
export class DisputesAdminController {
  constructor(private readonly disputes: DisputesService) {}

  @Get()
  @RequirePermission('disputes.read_all')
  @ApiOperation({ summary: 'All disputes, newest first' })
  @ApiEnvelope(DisputeDto, { paginated: true, failures: [400] })
  async list(@Query() query: DisputesQueryDto): Promise<Paginated<DisputeDto>> {
    return (await this.disputes.list(query.toQuery())).map((dispute) => DisputeDto.of(dispute));
  }

  @Get(':id')
  @RequirePermission('disputes.read_all')
  @ApiOperation({ summary: 'One dispute with what it took of which item' })
  @ApiEnvelope(DisputeDetailDto, { failures: [400, 404] })
  async get(@UuidParam() id: string): Promise<DisputeDetailDto> {
    return DisputeDetailDto.ofDispute(await this.disputes.get(id));
  }
}

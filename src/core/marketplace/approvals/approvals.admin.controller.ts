import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, ResponseMessage, UuidParam } from '../../../infrastructure/http/index.js';
import { Approvals } from './approvals.service.js';
import { ApprovalDecisionDto, ApprovalDto, ApprovalQueryDto } from './dto/approval.dto.js';

/** What waits for a second administrator. */
@ApiTags('admin')
@Controller('admin/approvals')
export class ApprovalsAdminController {
  constructor(private readonly approvals: Approvals) {}

  @Get()
  @RequirePermission('approvals.read')
  @ApiOperation({ summary: 'Requests for a second administrator, newest first' })
  @ApiEnvelope(ApprovalDto, { paginated: true, failures: [400] })
  async list(@Query() query: ApprovalQueryDto): Promise<Paginated<ApprovalDto>> {
    return (await this.approvals.list(query)).map((one) => ApprovalDto.of(one));
  }

  @Get(':id')
  @RequirePermission('approvals.read')
  @ApiOperation({ summary: 'One request for a second administrator' })
  @ApiEnvelope(ApprovalDto, { failures: [400, 404] })
  async read(@UuidParam() id: string): Promise<ApprovalDto> {
    return ApprovalDto.of(await this.approvals.get(id));
  }

  @Post(':id/approve')
  @HttpCode(202)
  @RequirePermission('approvals.decide')
  @Idempotent()
  @ResponseMessage('Approved; it is executed now')
  @ApiOperation({ summary: 'Allows it, as somebody else than who asked for it; it is executed once' })
  @ApiEnvelope(ApprovalDto, { status: 202, failures: [400, 404] })
  async approve(
    @UuidParam() id: string,
    @CurrentUser() user: RequestUser,
    @Body() { reason }: ApprovalDecisionDto,
  ): Promise<ApprovalDto> {
    return ApprovalDto.of(await this.approvals.approve(id, user.id, reason));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @RequirePermission('approvals.decide')
  @Idempotent()
  @ApiOperation({ summary: 'Refuses it for good, as somebody else than who asked for it' })
  @ApiEnvelope(ApprovalDto, { failures: [400, 404] })
  async reject(
    @UuidParam() id: string,
    @CurrentUser() user: RequestUser,
    @Body() { reason }: ApprovalDecisionDto,
  ): Promise<ApprovalDto> {
    return ApprovalDto.of(await this.approvals.reject(id, user.id, reason));
  }
}

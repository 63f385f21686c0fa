import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, UuidParam } from '../../../infrastructure/http/index.js';
import { LicenseDto, LicensesQueryDto } from './dto/license.dto.js';
import { LicensesService } from './licenses.service.js';

/** The caller's licences. */
@ApiTags('marketplace')
@Controller('marketplace/licenses')
export class LicensesController {
  constructor(private readonly licenses: LicensesService) {}

  @Get()
  @ApiOperation({ summary: 'What the caller bought, newest first' })
  @RequirePermission('licenses.read')
  @ApiEnvelope(LicenseDto, { paginated: true, failures: [400] })
  async list(
    @CurrentUser() user: RequestUser,
    @Query() query: LicensesQueryDto,
  ): Promise<Paginated<LicenseDto>> {
    return (await this.licenses.listOwn(user.id, query)).map((license) => LicenseDto.of(license));
  }

  @Get(':id')
  @ApiOperation({ summary: "One of the caller's licences" })
  @RequirePermission('licenses.read')
  @ApiEnvelope(LicenseDto, { failures: [400, 404] })
  async get(@CurrentUser() user: RequestUser, @UuidParam() id: string): Promise<LicenseDto> {
    return LicenseDto.of(await this.licenses.getOwn(id, user.id));
  }
}

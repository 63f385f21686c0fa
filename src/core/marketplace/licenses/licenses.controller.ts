import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import {
  ApiEnvelope,
  ApiFailures,
  EndpointLimit,
  RawResponse,
  UuidParam,
} from '../../../infrastructure/http/index.js';
import { CertificatesService } from './certificates.service.js';
import { LicenseDto, LicensesQueryDto } from './dto/license.dto.js';
import { LicensesService } from './licenses.service.js';

/** The caller's licences. */
@ApiTags('marketplace')
@Controller('marketplace/licenses')
export class LicensesController {
  constructor(
    private readonly licenses: LicensesService,
    private readonly certificates: CertificatesService,
  ) {}

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

  @Get(':id/certificate')
  @ApiOperation({ summary: "The certificate of one of the caller's licences, as PDF" })
  @RequirePermission('licenses.read')
  @EndpointLimit('certificate')
  @RawResponse()
  @ApiOkResponse({
    description: 'The certificate',
    content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiFailures(400, 404)
  async getCertificate(
    @CurrentUser() user: RequestUser,
    @UuidParam() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { fileName, content } = await this.certificates.getOwn(id, user.id);
    await reply
      .headers({
        'Content-Type': 'application/pdf',
        'Content-Disposition': `attachment; filename="${fileName}"`,
        'Cache-Control': 'private, no-store',
      })
      .send(content);
  }
}

import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, EndpointLimit } from '../../../infrastructure/http/index.js';
import { LicenseVerificationDto } from './dto/license-verification.dto.js';
import { LicensesService } from './licenses.service.js';

/** Whether a licence that somebody shows is genuine. */
@ApiTags('licenses')
@Controller('licenses/verify')
export class LicenseVerificationController {
  constructor(private readonly licenses: LicensesService) {}

  @Get(':number')
  @ApiOperation({
    summary: 'Whether a license number is genuine and valid; in any case, with or without hyphens',
  })
  @Public()
  @EndpointLimit('license-verification')
  @ApiEnvelope(LicenseVerificationDto, { failures: [404] })
  async verify(@Param('number') number: string): Promise<LicenseVerificationDto> {
    return LicenseVerificationDto.of(await this.licenses.getByNumber(number));
  }
}

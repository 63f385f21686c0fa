import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../../infrastructure/http/index.js';
import { LicenseTermsDto } from './dto/license-terms.dto.js';
import { termsOf } from './license-terms.js';
import { LICENSE_TYPES } from './product.types.js';

/** The licence tiers that products are sold under. */
@ApiTags('marketplace')
@Controller('marketplace/license-types')
export class LicenseTypesController {
  @Get()
  @ApiOperation({ summary: 'The licence tiers and what each includes' })
  @Public()
  @ApiEnvelope(LicenseTermsDto, { isArray: true })
  list(): LicenseTermsDto[] {
    return LICENSE_TYPES.map((licenseType) => LicenseTermsDto.of(termsOf(licenseType)));
  }
}

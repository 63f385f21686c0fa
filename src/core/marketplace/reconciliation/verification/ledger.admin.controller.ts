import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../../../infrastructure/http/index.js';
import { LedgerVerdictDto } from './dto/ledger-verdict.dto.js';
import { LedgerVerification } from './ledger-verification.service.js';

/** The whole book, for administrators. */
@ApiTags('admin')
@Controller('admin/ledger')
export class LedgerAdminController {
  constructor(private readonly verification: LedgerVerification) {}

  @Get('verify')
  @ApiOperation({
    summary: 'Recomputes the book, compares it with orders, refunds and transfers, says what is off',
  })
  @RequirePermission('ledger.verify')
  @ApiEnvelope(LedgerVerdictDto, { failures: [503] })
  async verify(): Promise<LedgerVerdictDto> {
    return LedgerVerdictDto.of(await this.verification.verify());
  }
}

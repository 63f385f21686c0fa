import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../../infrastructure/http/index.js';
import { TrialBalanceDto } from './dto/trial-balance.dto.js';
import { LedgerService } from './ledger.service.js';

/** The whole book, for administrators. */
@ApiTags('admin')
@Controller('admin/ledger')
export class LedgerAdminController {
  constructor(private readonly ledger: LedgerService) {}

  @Get('verify')
  @ApiOperation({ summary: 'Adds the book up and says what does not agree' })
  @RequirePermission('ledger.verify')
  @ApiEnvelope(TrialBalanceDto)
  async verify(): Promise<TrialBalanceDto> {
    return TrialBalanceDto.of(await this.ledger.trialBalance());
  }
}

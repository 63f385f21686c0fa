import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../../../infrastructure/http/index.js';
import { PeriodQueryDto } from '../../../../infrastructure/lists/index.js';
import { LedgerEntryDto } from './ledger-entry.dto.js';
import { LedgerService } from '../../ledger/index.js';

/** A seller's own book. */
@ApiTags('seller')
@Controller('marketplace/seller/ledger')
export class SellerLedgerController {
  constructor(private readonly ledger: LedgerService) {}

  @Get()
  @ApiOperation({ summary: "The lines on the caller's accounts, newest first" })
  @RequirePermission('sales.read')
  @ApiEnvelope(LedgerEntryDto, { paginated: true, failures: [400] })
  async list(
    @CurrentUser() user: RequestUser,
    @Query() query: PeriodQueryDto,
  ): Promise<Paginated<LedgerEntryDto>> {
    const entries = await this.ledger.listSellerEntries(user.id, query);
    return entries.map((entry) => LedgerEntryDto.of(entry));
  }
}

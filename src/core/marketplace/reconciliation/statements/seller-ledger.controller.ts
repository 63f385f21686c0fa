import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../../../infrastructure/http/index.js';
import { LedgerService } from '../../ledger/index.js';
import { LedgerEntryDto } from './dto/ledger-entry.dto.js';
import { SellerLedgerQueryDto, StatementDto, StatementQueryDto } from './dto/statement.dto.js';
import { statementFile } from './statement-file.js';
import { Statements } from './statements.service.js';

/** A seller's own book. */
@ApiTags('seller')
@Controller('marketplace/seller')
export class SellerLedgerController {
  constructor(
    private readonly ledger: LedgerService,
    private readonly statements: Statements,
  ) {}

  @Get('ledger')
  @ApiOperation({
    summary: "The lines on the caller's accounts, newest first; with `format=csv` the statement as a file",
  })
  @RequirePermission('sales.read')
  @ApiProduces('application/json', 'text/csv')
  @ApiEnvelope(LedgerEntryDto, { paginated: true, failures: [400] })
  async list(
    @CurrentUser() user: RequestUser,
    @Query() { format, ...query }: SellerLedgerQueryDto,
  ): Promise<Paginated<LedgerEntryDto> | StreamableFile> {
    if (format === 'csv') return statementFile(await this.statements.readFile(user.id, query));
    const entries = await this.ledger.listSellerEntries(user.id, query);
    return entries.map((entry) => LedgerEntryDto.of(entry));
  }

  @Get('statement')
  @ApiOperation({ summary: 'What the caller was owed, what moved it and what it came to, per currency' })
  @RequirePermission('sales.read')
  @ApiEnvelope(StatementDto, { isArray: true, failures: [400, 422] })
  async statement(
    @CurrentUser() user: RequestUser,
    @Query() period: StatementQueryDto,
  ): Promise<StatementDto[]> {
    return (await this.statements.read(user.id, period)).map((statement) => StatementDto.of(statement));
  }
}

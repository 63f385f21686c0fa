import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional, Length } from 'class-validator';
import { OBJECT_TYPES, type ObjectType, type ReconciliationReport } from '../report.types.js';

/** Which day a report is to be made of. */
export class RequestReportDto {
  @ApiProperty({ format: 'date', example: '2026-11-19', description: 'In UTC, today at the latest' })
  @IsISO8601({ strict: true }, { message: 'day must be a day such as 2026-11-19' })
  @Length(10, 10, { message: 'day must be a day such as 2026-11-19' })
  day: string;
}

/** As what a report is wanted. */
export class DownloadQueryDto {
  @ApiPropertyOptional({ enum: ['csv', 'json'], default: 'csv' })
  @IsOptional()
  @IsIn(['csv', 'json'])
  format: 'csv' | 'json' = 'csv';
}

/** What a provider holds in one currency. */
export class ProviderBalanceDto {
  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'Minor units' })
  available: number;

  @ApiProperty({ type: 'integer', description: 'Minor units' })
  pending: number;
}

/** A provider in a report. */
export class ReportedProviderDto {
  @ApiProperty({ example: 'stripe' })
  name: string;

  @ApiProperty({ description: 'False when it is not configured: nothing was compared' })
  was_asked: boolean;

  @ApiProperty({ type: [ProviderBalanceDto] })
  balances: ProviderBalanceDto[];
}

/** What both sides say was moved. */
export class ReportedTotalDto {
  @ApiProperty({ enum: OBJECT_TYPES })
  object_type: ObjectType;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'Minor units' })
  ours: number;

  @ApiProperty({ type: 'integer', description: 'Minor units' })
  theirs: number;
}

/** Our books beside the providers' books of the seven days that end with `day`. */
export class ReconciliationReportDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'date' })
  day: string;

  @ApiProperty({ enum: ['running', 'completed', 'failed'] })
  status: string;

  @ApiProperty({ type: 'integer', description: 'How often it was made' })
  attempt: number;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: by the schedule' })
  requested_by: string | null;

  @ApiProperty({ type: 'integer' })
  difference_count: number;

  @ApiProperty({ type: 'integer', description: 'What GET /admin/ledger/verify found at that moment' })
  ledger_problem_count: number;

  @ApiProperty({ type: [ReportedProviderDto] })
  providers: ReportedProviderDto[];

  @ApiProperty({ type: [ReportedTotalDto] })
  totals: ReportedTotalDto[];

  @ApiProperty({ type: String, nullable: true, description: 'A code, when it is failed' })
  error: string | null;

  @ApiProperty({ format: 'date-time' })
  requested_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finished_at: string | null;

  static of(report: ReconciliationReport): ReconciliationReportDto {
    return {
      id: report.id,
      day: report.day,
      status: report.status,
      attempt: report.attempt,
      requested_by: report.requestedBy,
      difference_count: report.differenceCount,
      ledger_problem_count: report.ledgerProblemCount,
      providers: report.providers.map(({ name, wasAsked, balances }) => ({
        name,
        was_asked: wasAsked,
        balances: balances.map(({ currency, availableMinor, pendingMinor }) => ({
          currency,
          available: availableMinor,
          pending: pendingMinor,
        })),
      })),
      totals: report.totals.map(({ objectType, currency, ourMinor, theirMinor }) => ({
        object_type: objectType,
        currency,
        ours: ourMinor,
        theirs: theirMinor,
      })),
      error: report.error,
      requested_at: report.requestedAt.toISOString(),
      finished_at: report.finishedAt?.toISOString() ?? null,
    };
  }
}

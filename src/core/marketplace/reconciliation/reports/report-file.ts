import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { type CsvCell, csvFile } from '../csv-file.js';
import { ReconciliationReportDto } from './dto/reconciliation-report.dto.js';
import type { ReconciliationReport, ReportedDifference } from './report.types.js';

interface OpenReport {
  report: ReconciliationReport;
  differences: AsyncIterable<ReportedDifference>;
}

type FileRow = Record<(typeof COLUMNS)[number], CsvCell>;

const COLUMNS = [
  'kind',
  'object_type',
  'object_id',
  'our_id',
  'our_amount',
  'our_currency',
  'our_state',
  'their_amount',
  'their_currency',
  'their_state',
] as const;

/** A report as a file: the differences as CSV, or everything as JSON. */
export function reportFile({ report, differences }: OpenReport, format: 'csv' | 'json'): StreamableFile {
  const name = `reconciliation-${report.day}`;
  if (format === 'csv') return csvFile(name, COLUMNS, cellsOf(differences));
  return new StreamableFile(Readable.from(jsonOf({ report, differences })), {
    type: 'application/json; charset=utf-8',
    disposition: `attachment; filename="${name}.json"`,
  });
}

async function* cellsOf(differences: AsyncIterable<ReportedDifference>): AsyncGenerator<CsvCell[]> {
  for await (const difference of differences) yield Object.values(rowOf(difference));
}

async function* jsonOf({ report, differences }: OpenReport): AsyncGenerator<string> {
  const head = JSON.stringify(ReconciliationReportDto.of(report)).slice(0, -1);
  yield `${head},"differences":[`;
  let separator = '';
  for await (const difference of differences) {
    yield `${separator}${JSON.stringify(rowOf(difference))}`;
    separator = ',';
  }
  yield ']}';
}

const rowOf = (one: ReportedDifference): FileRow => ({
  kind: one.kind,
  object_type: one.objectType,
  object_id: one.objectId,
  our_id: one.ourId,
  our_amount: one.ourMinor,
  our_currency: one.ourCurrency,
  our_state: one.ourState,
  their_amount: one.theirMinor,
  their_currency: one.theirCurrency,
  their_state: one.theirState,
});

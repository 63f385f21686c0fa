import type { StreamableFile } from '@nestjs/common';
import { type CsvCell, csvFile } from '../csv-file.js';
import type { StatementFileLine } from './statements.service.js';

const COLUMNS = ['date', 'kind', 'order_id', 'titles', 'amount', 'currency', 'balance'];

/** A statement as CSV; amounts are minor units, as everywhere in this API. */
export function statementFile(lines: AsyncIterable<StatementFileLine>): StreamableFile {
  return csvFile('statement', COLUMNS, rowsOf(lines));
}

async function* rowsOf(lines: AsyncIterable<StatementFileLine>): AsyncGenerator<CsvCell[]> {
  for await (const line of lines) {
    yield [
      line.createdAt?.toISOString() ?? null,
      line.kind,
      line.orderId,
      line.titles,
      line.amountMinor,
      line.currency,
      line.balanceMinor,
    ];
  }
}

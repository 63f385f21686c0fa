import { Readable, pipeline } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { stringify } from 'csv-stringify';

/** A cell: numbers stay numbers, a text never becomes a formula. */
export type CsvCell = string | number | null;

/**
 * A CSV file that is written while it is sent. Texts that a spreadsheet would take for a formula get an
 * apostrophe in front; the byte-order mark makes spreadsheets read UTF-8.
 */
export function csvFile(
  name: string,
  columns: readonly string[],
  rows: AsyncIterable<readonly CsvCell[]>,
): StreamableFile {
  const csv = stringify({ header: true, columns: [...columns], bom: true, escape_formulas: true });
  // A broken source ends the connection instead of a file that looks whole; whoever hung up ends the source.
  pipeline(Readable.from(rows), csv, () => undefined);
  return new StreamableFile(csv, {
    type: 'text/csv; charset=utf-8',
    disposition: `attachment; filename="${name}.csv"`,
  });
}

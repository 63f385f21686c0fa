import { Injectable } from '@nestjs/common';
import { newId } from '../../../../common/ids/index.js';
import type { Paginated } from '../../../../common/pagination/index.js';
import { Database, toSafeInteger } from '../../../../infrastructure/database/index.js';
import { Conditions, ListReader, type ListPart } from '../../../../infrastructure/lists/index.js';
import type { ReconciliationReport } from './report.types.js';

type ReportRow = Omit<ReconciliationReport, 'differenceCount' | 'ledgerProblemCount'> &
  Record<'differences' | 'problems', string>;

const FIELDS = `id, day::text AS day, status, requested_by AS "requestedBy", attempt,
         difference_count AS differences, ledger_problem_count AS problems, providers, totals, error,
         requested_at AS "requestedAt", finished_at AS "finishedAt"`;

/** Rows of reconciliation reports, one per day. */
@Injectable()
export class ReconciliationReportsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** A new attempt at the report of a day, the first or a repetition; null while one is running. */
  async start(
    day: string,
    requestedBy: string | null,
    requestedAt: Date,
  ): Promise<ReconciliationReport | null> {
    return this.one(
      `INSERT INTO reconciliation_reports (id, day, status, attempt, requested_by, requested_at)
       VALUES ($1, $2, 'running', 1, $3, $4)
       ON CONFLICT ON CONSTRAINT reconciliation_reports_day_uq DO UPDATE
         SET status = 'running', attempt = reconciliation_reports.attempt + 1, requested_by = $3, requested_at = $4,
             finished_at = NULL, error = NULL
       WHERE reconciliation_reports.status <> 'running'
       RETURNING ${FIELDS}`,
      [newId(), day, requestedBy, requestedAt],
    );
  }

  async find(id: string): Promise<ReconciliationReport | null> {
    return this.one(`SELECT ${FIELDS} FROM reconciliation_reports WHERE id = $1`, [id]);
  }

  async findOfDay(day: string): Promise<ReconciliationReport | null> {
    return this.one(`SELECT ${FIELDS} FROM reconciliation_reports WHERE day = $1`, [day]);
  }

  /** @returns false when another attempt has taken its place */
  async finish(
    report: Pick<
      ReconciliationReport,
      'id' | 'attempt' | 'differenceCount' | 'ledgerProblemCount' | 'providers' | 'totals'
    >,
    finishedAt: Date,
  ): Promise<boolean> {
    const rows = await this.db.query(
      `UPDATE reconciliation_reports
          SET status = 'completed', difference_count = $3, ledger_problem_count = $4, providers = $5::jsonb,
              totals = $6::jsonb, finished_at = $7
        WHERE id = $1 AND attempt = $2 AND status = 'running' RETURNING id`,
      [
        report.id,
        report.attempt,
        report.differenceCount,
        report.ledgerProblemCount,
        JSON.stringify(report.providers),
        JSON.stringify(report.totals),
        finishedAt,
      ],
    );
    return rows.length === 1;
  }

  async fail(id: string, attempt: number, error: string, finishedAt: Date): Promise<void> {
    await this.db.query(
      `UPDATE reconciliation_reports SET status = 'failed', error = $3, finished_at = $4
        WHERE id = $1 AND attempt = $2 AND status = 'running'`,
      [id, attempt, error, finishedAt],
    );
  }

  async list(part: ListPart): Promise<Paginated<ReconciliationReport>> {
    const page = await this.lists.read<ReportRow>(
      {
        scope: 'reconciliation-reports',
        select: `SELECT ${FIELDS} FROM reconciliation_reports`,
        conditions: new Conditions(),
        sort: { column: 'requested_at', type: 'timestamptz', descending: true, idColumn: 'id' },
        positionOf: (row) => [row.requestedAt.toISOString(), row.id],
      },
      part,
    );
    return page.map(reportOf);
  }

  private async one(sql: string, parameters: unknown[]): Promise<ReconciliationReport | null> {
    const [row] = await this.db.query<ReportRow>(sql, parameters);
    return row ? reportOf(row) : null;
  }
}

const reportOf = ({ differences, problems, ...row }: ReportRow): ReconciliationReport => ({
  ...row,
  differenceCount: toSafeInteger(differences),
  ledgerProblemCount: toSafeInteger(problems),
});

import { Injectable } from '@nestjs/common';
import { validationFailed } from '../../../../common/errors/index.js';
import type { Paginated } from '../../../../common/pagination/index.js';
import { Clock } from '../../../../common/time/index.js';
import { Transactional } from '../../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../../infrastructure/events/index.js';
import type { ListPart } from '../../../../infrastructure/lists/index.js';
import { AuditWriter } from '../../../audit/index.js';
import { BookComparisonRepository } from './book-comparison.repository.js';
import { ReconciliationReportsRepository } from './reconciliation-reports.repository.js';
import { dayBefore, dayOf } from './report-window.js';
import type { ReconciliationReport, ReportedDifference } from './report.types.js';
import { reportNotCompleted, reportNotFound, reportRunning } from './reports.errors.js';
import { reconciliationRequested } from './reports.events.js';

const BATCH = 500;

/** The daily reports, kept one per day: making one again replaces it. */
@Injectable()
export class ReconciliationReports {
  constructor(
    private readonly reports: ReconciliationReportsRepository,
    private readonly comparison: BookComparisonRepository,
    private readonly outbox: OutboxWriter,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Has the report of a day made, or made again, for an administrator.
   * @throws DomainError 400 for a day that has not begun, 409 `RECONCILIATION_RUNNING`
   */
  @Transactional()
  async request(day: string, adminId: string): Promise<ReconciliationReport> {
    if (day > dayOf(this.clock.now())) {
      throw validationFailed([{ field: 'day', message: 'day must not be in the future' }]);
    }
    const earlier = await this.reports.findOfDay(day);
    const report = await this.start(day, adminId);
    if (!report) throw reportRunning();
    await this.audit.record({
      action: 'reconciliation_report.requested',
      resourceType: 'reconciliation_report',
      resourceId: report.id,
      details: { day },
      oldValues: earlier
        ? { status: earlier.status, difference_count: earlier.differenceCount, attempt: earlier.attempt }
        : undefined,
    });
    return report;
  }

  /** Has yesterday's report made unless it exists. @returns whether it is made now */
  @Transactional()
  async requestYesterday(): Promise<boolean> {
    const day = dayBefore(this.clock.now());
    if ((await this.reports.findOfDay(day))?.status === 'completed') return false;
    return (await this.start(day, null)) !== null;
  }

  /** @throws DomainError 404 `RECONCILIATION_REPORT_NOT_FOUND` */
  async get(id: string): Promise<ReconciliationReport> {
    const report = await this.reports.find(id);
    if (!report) throw reportNotFound();
    return report;
  }

  /** Newest request first. */
  async list(part: ListPart): Promise<Paginated<ReconciliationReport>> {
    return this.reports.list(part);
  }

  /**
   * A finished report with its differences, which are read while they are sent.
   * @throws DomainError 404, 409 `RECONCILIATION_NOT_COMPLETED`
   */
  async open(
    id: string,
  ): Promise<{ report: ReconciliationReport; differences: AsyncIterable<ReportedDifference> }> {
    const report = await this.get(id);
    if (report.status !== 'completed') throw reportNotCompleted();
    return { report, differences: this.differencesOf(id) };
  }

  private async start(day: string, requestedBy: string | null): Promise<ReconciliationReport | null> {
    const report = await this.reports.start(day, requestedBy, this.clock.now());
    if (report === null) return null;
    await this.outbox.append(reconciliationRequested, {
      aggregateId: report.id,
      payload: { reportId: report.id, attempt: report.attempt },
    });
    return report;
  }

  private async *differencesOf(reportId: string): AsyncGenerator<ReportedDifference> {
    let last: string | null = null;
    for (;;) {
      const batch: ReportedDifference[] = await this.comparison.differencesAfter(reportId, last, BATCH);
      yield* batch;
      last = batch.at(-1)?.id ?? null;
      if (batch.length < BATCH) return;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/time/index.js';
import { Transactional } from '../../../../infrastructure/database/index.js';
import { PaymentExceptions } from '../../payments/index.js';
import { BACKGROUND_STATEMENT_MS, LedgerVerification } from '../verification/ledger-verification.service.js';
import { BookComparisonRepository } from './book-comparison.repository.js';
import { type BookSource, ProviderBooks } from './provider-books.js';
import { ReconciliationReportsRepository } from './reconciliation-reports.repository.js';
import type { ObjectType, ReconciliationReport, ReportedProvider, ReportWindow } from './report.types.js';
import { windowOf } from './report-window.js';

/** So many things that a provider did not list are asked for one by one. */
const ASKED_AGAIN = 100;
/** So many older transfers are looked at because a part of them came back. */
const REVERSED_LOOKED_AT = 500;

/** Makes a report: reads the providers' lists page by page and lets the database compare (08 3.8.7). */
@Injectable()
export class ReconciliationRun {
  constructor(
    private readonly reports: ReconciliationReportsRepository,
    private readonly comparison: BookComparisonRepository,
    private readonly verification: LedgerVerification,
    private readonly books: ProviderBooks,
    private readonly exceptions: PaymentExceptions,
    private readonly clock: Clock,
  ) {}

  /**
   * Made again from the start when it is called again, until the attempt is finished. Aborted, it concludes
   * nothing: another process may be reading the lists anew.
   * @throws what a provider's port throws; the report is then still running
   */
  async make(reportId: string, attempt: number, signal: AbortSignal): Promise<void> {
    const report = await this.reports.find(reportId);
    if (report?.status !== 'running' || report.attempt !== attempt) return;
    const window = windowOf(report.day);
    await this.comparison.clear(reportId);
    const sources = this.books.sources();
    for (const source of sources) {
      await this.read(reportId, source, window);
      signal.throwIfAborted();
    }
    const providers = await this.books.askedProviders();
    const { problemCount } = await this.verification.verify(BACKGROUND_STATEMENT_MS);
    signal.throwIfAborted();
    await this.conclude(report, { window, types: sources.map(({ type }) => type), providers, problemCount });
  }

  /** Ends an attempt that cannot be made: nothing is claimed about the books. */
  async giveUp(reportId: string, attempt: number, code: string): Promise<void> {
    await this.reports.fail(reportId, attempt, code, this.clock.now());
  }

  /**
   * What was not listed may have been made outside the window: only the provider's own no is a no. A reversal is
   * part of its transfer at the provider, and may come long after it.
   */
  private async read(
    reportId: string,
    { type, pages, find }: BookSource,
    window: ReportWindow,
  ): Promise<void> {
    for await (const page of pages(window)) await this.comparison.addItems(reportId, type, page);
    const unlisted = await this.comparison.findUnlisted(reportId, type, window, ASKED_AGAIN);
    const reversed =
      type === 'transfer'
        ? await this.comparison.findReversedLater(reportId, window, REVERSED_LOOKED_AT)
        : [];
    for (const objectId of new Set([...unlisted, ...reversed])) {
      const item = await find(objectId);
      if (item !== null) await this.comparison.addItems(reportId, type, [item]);
    }
  }

  @Transactional()
  protected async conclude(
    { id, attempt, day }: ReconciliationReport,
    found: { window: ReportWindow; types: ObjectType[]; providers: ReportedProvider[]; problemCount: number },
  ): Promise<void> {
    const differenceCount = await this.comparison.compare(id, found.types, found.window);
    const isFinished = await this.reports.finish(
      {
        id,
        attempt,
        differenceCount,
        ledgerProblemCount: found.problemCount,
        providers: found.providers,
        totals: await this.comparison.totals(id, found.window, found.types),
      },
      this.clock.now(),
    );
    if (!isFinished) return;
    await this.comparison.dropItems(id);
    if (differenceCount === 0) return;
    await this.exceptions.raise({
      kind: 'reconciliation_difference',
      provider: 'all',
      message: `The report of ${day} has ${String(differenceCount)} differences`,
      details: { report_id: id, day, differences: differenceCount },
    });
  }
}

import { ScheduledJob, type JobRun } from '../../../../../infrastructure/scheduling/index.js';
import { ReconciliationReports } from '../reconciliation-reports.service.js';

/** Has the report of the day before made. */
@ScheduledJob({
  id: 'reconciliation-report',
  cron: '40 3 * * *',
  timeoutMs: 60_000,
  description: "Has our books of the seven days until yesterday compared with the providers' books.",
})
export class ReconciliationReportJob implements JobRun {
  constructor(private readonly reports: ReconciliationReports) {}

  async run(): Promise<Record<string, number>> {
    return { requested: (await this.reports.requestYesterday()) ? 1 : 0 };
  }
}

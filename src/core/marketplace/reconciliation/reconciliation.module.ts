import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.js';
import { LedgerModule } from '../ledger/index.js';
import { PaymentsModule } from '../payments/index.js';
import { PayoutsModule } from '../payouts/index.js';
import { MoneyGauges } from './metrics/money-gauges.js';
import { MoneyGaugesRepository } from './metrics/money-gauges.repository.js';
import { BookComparisonRepository } from './reports/book-comparison.repository.js';
import { ProviderBooks } from './reports/provider-books.js';
import { MakeReportHandler } from './reports/jobs/make-report.handler.js';
import { ReconciliationReportJob } from './reports/jobs/reconciliation-report.job.js';
import { ReconciliationReportsRepository } from './reports/reconciliation-reports.repository.js';
import { ReconciliationReports } from './reports/reconciliation-reports.service.js';
import { ReconciliationRun } from './reports/reconciliation-run.service.js';
import { ReconciliationAdminController } from './reports/reconciliation.admin.controller.js';
import { SellerLedgerController } from './statements/seller-ledger.controller.js';
import { StatementsRepository } from './statements/statements.repository.js';
import { Statements } from './statements/statements.service.js';
import { LedgerAdminController } from './verification/ledger.admin.controller.js';
import { LedgerVerificationJob } from './verification/ledger-verification.job.js';
import { LedgerVerification } from './verification/ledger-verification.service.js';
import { LedgerVerificationsRepository } from './verification/ledger-verifications.repository.js';

/** Holds the book against everything else; knows the whole marketplace, and nobody knows it. */
@Module({
  imports: [AuditModule, LedgerModule, PaymentsModule, PayoutsModule],
  controllers: [LedgerAdminController, ReconciliationAdminController, SellerLedgerController],
  providers: [
    BookComparisonRepository,
    LedgerVerification,
    LedgerVerificationJob,
    LedgerVerificationsRepository,
    MakeReportHandler,
    MoneyGauges,
    MoneyGaugesRepository,
    ProviderBooks,
    ReconciliationReportJob,
    ReconciliationReports,
    ReconciliationReportsRepository,
    ReconciliationRun,
    Statements,
    StatementsRepository,
  ],
})
export class ReconciliationModule {}

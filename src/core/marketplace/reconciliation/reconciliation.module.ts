import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
import { PaymentsModule } from '../payments/index.js';
import { MoneyGauges } from './metrics/money-gauges.js';
import { MoneyGaugesRepository } from './metrics/money-gauges.repository.js';
import { SellerLedgerController } from './statements/seller-ledger.controller.js';
import { StatementsRepository } from './statements/statements.repository.js';
import { Statements } from './statements/statements.service.js';
import { LedgerAdminController } from './verification/ledger.admin.controller.js';
import { LedgerVerificationJob } from './verification/ledger-verification.job.js';
import { LedgerVerification } from './verification/ledger-verification.service.js';
import { LedgerVerificationsRepository } from './verification/ledger-verifications.repository.js';

/** Holds the book against everything else; knows the whole marketplace, and nobody knows it. */
@Module({
  imports: [LedgerModule, PaymentsModule],
  controllers: [LedgerAdminController, SellerLedgerController],
  providers: [
    LedgerVerification,
    LedgerVerificationJob,
    LedgerVerificationsRepository,
    MoneyGauges,
    MoneyGaugesRepository,
    Statements,
    StatementsRepository,
  ],
})
export class ReconciliationModule {}

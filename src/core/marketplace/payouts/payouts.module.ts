import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.js';
import { UsersModule } from '../../users/index.js';
import { ApprovalsModule } from '../approvals/index.js';
import { LedgerModule } from '../ledger/index.js';
import { PaymentsModule } from '../payments/index.js';
import { AccountEvents } from './account-events.service.js';
import { AccountSnapshots } from './account-snapshots.service.js';
import { ApprovedRetries } from './approved-retries.js';
import { ConnectAccountsRepository } from './connect-accounts.repository.js';
import { ConnectAccountsService } from './connect-accounts.service.js';
import { ConnectController } from './connect.controller.js';
import { AccountSweepJob } from './jobs/account-sweep.job.js';
import { OpenTransfersHandler } from './jobs/open-transfers.handler.js';
import { SendReversalHandler } from './jobs/send-reversal.handler.js';
import { SendTransferHandler } from './jobs/send-transfer.handler.js';
import { TransferRetryJob } from './jobs/transfer-retry.job.js';
import { OverduePayouts } from './overdue-payouts.service.js';
import { PayoutBooks } from './payout-books.js';
import { PayoutOrdersRepository } from './payout-orders.repository.js';
import { PayoutProvider } from './payout-provider.js';
import { PayoutsService } from './payouts.service.js';
import { PayoutTiming } from './payout-timing.js';
import { ReversalClaims } from './reversal-claims.service.js';
import { ReversalRequests } from './reversal-requests.service.js';
import { ReversalSender } from './reversal-sender.service.js';
import { ReversalSettlement } from './reversal-settlement.service.js';
import { SellerPayoutsController } from './seller-payouts.controller.js';
import { SellerPayouts } from './seller-payouts.service.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import { StripeClient } from './stripe-client.js';
import { StripePayoutBooks } from './stripe-payout-books.js';
import { StripePayoutProvider } from './stripe-payout-provider.js';
import { TakeBacks } from './take-backs.service.js';
import { TransferCancellations } from './transfer-cancellations.service.js';
import { TransferClaims } from './transfer-claims.service.js';
import { TransferListsRepository } from './transfer-lists.repository.js';
import { TransferPausesAdminController } from './transfer-pauses.admin.controller.js';
import { TransferPausesRepository } from './transfer-pauses.repository.js';
import { TransferPauses } from './transfer-pauses.service.js';
import { TransferRetries } from './transfer-retries.service.js';
import { TransferReversalsRepository } from './transfer-reversals.repository.js';
import { TransferSender } from './transfer-sender.service.js';
import { TransferSettlement } from './transfer-settlement.service.js';
import { TransfersAdminController } from './transfers.admin.controller.js';

/** Pays sellers: connected accounts, transfers and their reversals (07 7.9.6, 7.9.9). */
@Module({
  imports: [ApprovalsModule, AuditModule, LedgerModule, PaymentsModule, UsersModule],
  controllers: [
    ConnectController,
    SellerPayoutsController,
    TransferPausesAdminController,
    TransfersAdminController,
  ],
  providers: [
    { provide: PayoutBooks, useClass: StripePayoutBooks },
    { provide: PayoutProvider, useClass: StripePayoutProvider },
    StripeClient,
    AccountEvents,
    AccountSnapshots,
    AccountSweepJob,
    ApprovedRetries,
    ConnectAccountsRepository,
    ConnectAccountsService,
    OpenTransfersHandler,
    OverduePayouts,
    PayoutOrdersRepository,
    PayoutsService,
    PayoutTiming,
    ReversalClaims,
    ReversalRequests,
    ReversalSender,
    ReversalSettlement,
    SellerPayouts,
    SellerTransfersRepository,
    SendReversalHandler,
    SendTransferHandler,
    TakeBacks,
    TransferCancellations,
    TransferClaims,
    TransferListsRepository,
    TransferPauses,
    TransferPausesRepository,
    TransferRetries,
    TransferRetryJob,
    TransferReversalsRepository,
    TransferSender,
    TransferSettlement,
  ],
  exports: [PayoutBooks, PayoutsService, PayoutProvider],
})
export class PayoutsModule {}

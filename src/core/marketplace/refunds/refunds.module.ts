import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.js';
import { UsersModule } from '../../users/index.js';
import { ApprovalsModule } from '../approvals/index.js';
import { LedgerModule } from '../ledger/index.js';
import { LicensesModule } from '../licenses/index.js';
import { OrdersModule } from '../orders/index.js';
import { PaymentsModule } from '../payments/index.js';
import { PayoutsModule } from '../payouts/index.js';
import { OpenAutomaticRefundHandler } from './jobs/open-automatic-refund.handler.js';
import { RefundFailedMailHandler, RefundSucceededMailHandler } from './jobs/refund-mails.handler.js';
import { RefundSweepJob } from './jobs/refund-sweep.job.js';
import { SubmitRefundHandler } from './jobs/submit-refund.handler.js';
import { AutomaticRefunds } from './automatic-refunds.service.js';
import { ExternalRefunds } from './external-refunds.service.js';
import { RefundApprovals } from './refund-approvals.service.js';
import { RefundBooking } from './refund-booking.service.js';
import { RefundCases } from './refund-cases.service.js';
import { RefundChecks } from './refund-checks.service.js';
import { RefundDecisions } from './refund-decisions.service.js';
import { RefundEvents } from './refund-events.service.js';
import { RefundMails } from './refund-mails.service.js';
import { RefundOpening } from './refund-opening.service.js';
import { RefundPlans } from './refund-plans.service.js';
import { RefundPolls } from './refund-polls.service.js';
import { RefundResolutions } from './refund-resolution.service.js';
import { RefundSettlement } from './refund-settlement.service.js';
import { RefundSubmission } from './refund-submission.service.js';
import { RefundWriter } from './refund-writer.service.js';
import { RefundsAdminController } from './refunds.admin.controller.js';
import { RefundsController } from './refunds.controller.js';
import { RefundsRepository } from './refunds.repository.js';
import { RefundsService } from './refunds.service.js';

/** Takes sales back in three phases (S1). */
@Module({
  imports: [
    ApprovalsModule,
    AuditModule,
    LedgerModule,
    LicensesModule,
    OrdersModule,
    PaymentsModule,
    PayoutsModule,
    UsersModule,
  ],
  controllers: [RefundsController, RefundsAdminController],
  providers: [
    AutomaticRefunds,
    ExternalRefunds,
    OpenAutomaticRefundHandler,
    RefundApprovals,
    RefundBooking,
    RefundCases,
    RefundChecks,
    RefundDecisions,
    RefundEvents,
    RefundFailedMailHandler,
    RefundMails,
    RefundOpening,
    RefundPlans,
    RefundPolls,
    RefundResolutions,
    RefundSettlement,
    RefundSubmission,
    RefundSucceededMailHandler,
    RefundSweepJob,
    RefundWriter,
    RefundsRepository,
    RefundsService,
    SubmitRefundHandler,
  ],
  exports: [RefundsService],
})
export class RefundsModule {}

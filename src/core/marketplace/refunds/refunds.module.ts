import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.js';
import { UsersModule } from '../../users/index.js';
import { LedgerModule } from '../ledger/index.js';
import { LicensesModule } from '../licenses/index.js';
import { OrdersModule } from '../orders/index.js';
import { PaymentsModule } from '../payments/index.js';
import { PayoutsModule } from '../payouts/index.js';
import { RefundFailedMailHandler, RefundSucceededMailHandler } from './jobs/refund-mails.handler.js';
import { SubmitRefundHandler } from './jobs/submit-refund.handler.js';
import { RefundBooking } from './refund-booking.service.js';
import { RefundEvents } from './refund-events.service.js';
import { RefundMails } from './refund-mails.service.js';
import { RefundOpening } from './refund-opening.service.js';
import { RefundSettlement } from './refund-settlement.service.js';
import { RefundSubmission } from './refund-submission.service.js';
import { RefundsAdminController } from './refunds.admin.controller.js';
import { RefundsController } from './refunds.controller.js';
import { RefundsRepository } from './refunds.repository.js';
import { RefundsService } from './refunds.service.js';

/** Takes sales back in three phases (S1). */
@Module({
  imports: [
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
    RefundBooking,
    RefundEvents,
    RefundFailedMailHandler,
    RefundMails,
    RefundOpening,
    RefundSettlement,
    RefundSubmission,
    RefundSucceededMailHandler,
    RefundsRepository,
    RefundsService,
    SubmitRefundHandler,
  ],
  exports: [RefundsService],
})
export class RefundsModule {}

import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
import { LicensesModule } from '../licenses/index.js';
import { OrdersModule } from '../orders/index.js';
import { PaymentsModule } from '../payments/index.js';
import { PayoutsModule } from '../payouts/index.js';
import { DisputedOrders } from './disputed-orders.service.js';
import { DisputeBooking } from './dispute-booking.service.js';
import { DisputeEventsListener } from './dispute-events.listener.js';
import { DisputeSettlement } from './dispute-settlement.service.js';
import { DisputesAdminController } from './disputes.admin.controller.js';
import { DisputesRepository } from './disputes.repository.js';
import { DisputesService } from './disputes.service.js';

/** What the buyers' banks take back, and what follows from it. */
@Module({
  imports: [LedgerModule, LicensesModule, OrdersModule, PaymentsModule, PayoutsModule],
  controllers: [DisputesAdminController],
  providers: [
    DisputeBooking,
    DisputedOrders,
    DisputeEventsListener,
    DisputeSettlement,
    DisputesRepository,
    DisputesService,
  ],
})
export class DisputesModule {}

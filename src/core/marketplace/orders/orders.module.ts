import { Module } from '@nestjs/common';
import { UsersModule } from '../../users/index.js';
import { DiscountsModule } from '../discounts/index.js';
import { LedgerModule } from '../ledger/index.js';
import { LicensesModule } from '../licenses/index.js';
import { PaymentsModule } from '../payments/index.js';
import { ProductsModule } from '../products/index.js';
import { CheckoutNotes } from './checkout-notes.service.js';
import { CheckoutService } from './checkout.service.js';
import { OrderClaims } from './order-claims.service.js';
import { OrderCompletion } from './order-completion.service.js';
import { OrderDraft } from './order-draft.service.js';
import { OrderEnding } from './order-ending.service.js';
import { OrderListsRepository } from './order-lists.repository.js';
import { OrderOpening } from './order-opening.service.js';
import { OrderDisputesRepository } from './order-disputes.repository.js';
import { OrderDisputes } from './order-disputes.service.js';
import { OrderRefunds } from './order-refunds.service.js';
import { OrderSettlement } from './order-settlement.service.js';
import { OrdersAdminController } from './orders.admin.controller.js';
import { OrdersController } from './orders.controller.js';
import { OrdersRepository } from './orders.repository.js';
import { OrdersService } from './orders.service.js';
import { PaymentSweepJob } from './jobs/payment-sweep.job.js';
import { PaymentChecksRepository } from './payment-checks.repository.js';
import { PaymentChecks } from './payment-checks.service.js';
import { PaymentEventsListener } from './payment-events.listener.js';
import { ReceiptsController } from './receipts.controller.js';
import { ReceiptsService } from './receipts.service.js';
import { SalesController } from './sales.controller.js';
import { SendReceiptHandler } from './send-receipt.handler.js';
import { UnfulfillablePayments } from './unfulfillable-payments.service.js';

/** Orders: checkout, settlement by payments, and what was bought and sold. */
@Module({
  imports: [ProductsModule, DiscountsModule, LicensesModule, LedgerModule, PaymentsModule, UsersModule],
  controllers: [OrdersController, OrdersAdminController, ReceiptsController, SalesController],
  providers: [
    CheckoutService,
    CheckoutNotes,
    OrderDraft,
    OrderOpening,
    OrderClaims,
    OrderCompletion,
    OrderEnding,
    OrderSettlement,
    UnfulfillablePayments,
    PaymentEventsListener,
    PaymentChecks,
    PaymentChecksRepository,
    PaymentSweepJob,
    OrderRefunds,
    OrderDisputes,
    OrderDisputesRepository,
    OrdersService,
    OrdersRepository,
    OrderListsRepository,
    ReceiptsService,
    SendReceiptHandler,
  ],
  exports: [OrdersService, OrderRefunds, OrderDisputes],
})
export class OrdersModule {}

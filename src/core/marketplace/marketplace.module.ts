import { Module } from '@nestjs/common';
import { ApprovalsModule } from './approvals/index.js';
import { DiscountsModule } from './discounts/index.js';
import { DisputesModule } from './disputes/index.js';
import { LedgerModule } from './ledger/index.js';
import { LicensesModule } from './licenses/index.js';
import { OrdersModule } from './orders/index.js';
import { PaymentsModule } from './payments/index.js';
import { PayoutsModule } from './payouts/index.js';
import { ProductsModule } from './products/index.js';
import { ReconciliationModule } from './reconciliation/index.js';
import { RefundsModule } from './refunds/index.js';

/** Selling tracks: offer, buy, own, pay out, take back (07). */
@Module({
  imports: [
    ApprovalsModule,
    LedgerModule,
    PaymentsModule,
    ProductsModule,
    DiscountsModule,
    LicensesModule,
    OrdersModule,
    PayoutsModule,
    RefundsModule,
    DisputesModule,
    ReconciliationModule,
  ],
})
export class MarketplaceModule {}

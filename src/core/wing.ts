import { CreateUsers1760000100000 } from '../../migrations/0100-create-users.js';
import { CreateSessions1760000101000 } from '../../migrations/0101-create-sessions.js';
import { Tracks1760000200000 } from '../../migrations/0200-tracks.js';
import { CreateProducts1760000300000 } from '../../migrations/0300-create-products.js';
import { CreateLicenses1760000310000 } from '../../migrations/0310-create-licenses.js';
import { CreateLedger1760000320000 } from '../../migrations/0320-create-ledger.js';
import { CreatePayments1760000330000 } from '../../migrations/0330-create-payments.js';
import { CreateOrders1760000340000 } from '../../migrations/0340-create-orders.js';
import { Payouts1760000350000 } from '../../migrations/0350-payouts.js';
import { Refunds1760000360000 } from '../../migrations/0360-refunds.js';
import { AuditLogs1760000400000 } from '../../migrations/0400-audit-logs.js';
import { PartialRefunds1760000500000 } from '../../migrations/0500-partial-refunds.js';
import { RefundKeys1760000501000 } from '../../migrations/0501-refund-keys.js';
import { LicenseCertificates1760000540000 } from '../../migrations/0540-license-certificates.js';
import { Approvals1760000550000 } from '../../migrations/0550-approvals.js';
import { PayoutOperations1760000510000 } from '../../migrations/0510-payout-operations.js';
import { PaymentOperations1760000520000 } from '../../migrations/0520-payment-operations.js';
import { PaymentChecks1760000521000 } from '../../migrations/0521-payment-checks.js';
import { Disputes1760000522000 } from '../../migrations/0522-disputes.js';
import { ExclusiveSales1760000530000 } from '../../migrations/0530-exclusive-sales.js';
import { Pricing1760000531000 } from '../../migrations/0531-pricing.js';
import { Discounts1760000532000 } from '../../migrations/0532-discounts.js';
import { Reconciliation1760000551000 } from '../../migrations/0551-reconciliation.js';
import type { Wing } from '../infrastructure/wing/index.js';
import { AuthModule, RefreshTokenEntity, SessionEntity } from './auth/index.js';
import { AuditModule } from './audit/index.js';
import { MarketplaceModule, marketplaceEntities } from './marketplace/index.js';
import { ProviderStatusModule } from './marketplace/provider-status/index.js';
import { OperationsModule } from './operations/index.js';
import { TrackEntity, TracksModule } from './tracks/index.js';
import { UserEntity, UsersModule } from './users/index.js';

/** The modern wing: the contract of the newest documents (S0, S1). */
export const coreWing: Wing = {
  name: 'core',
  modules: [
    AuditModule,
    OperationsModule,
    AuthModule,
    UsersModule,
    TracksModule,
    MarketplaceModule,
    ProviderStatusModule,
  ],
  entities: [UserEntity, SessionEntity, RefreshTokenEntity, TrackEntity, ...marketplaceEntities],
  migrations: [
    CreateUsers1760000100000,
    CreateSessions1760000101000,
    Tracks1760000200000,
    CreateProducts1760000300000,
    CreateLicenses1760000310000,
    CreateLedger1760000320000,
    CreatePayments1760000330000,
    CreateOrders1760000340000,
    Payouts1760000350000,
    Refunds1760000360000,
    AuditLogs1760000400000,
    PartialRefunds1760000500000,
    RefundKeys1760000501000,
    PayoutOperations1760000510000,
    PaymentOperations1760000520000,
    PaymentChecks1760000521000,
    Disputes1760000522000,
    ExclusiveSales1760000530000,
    Pricing1760000531000,
    Discounts1760000532000,
    LicenseCertificates1760000540000,
    Approvals1760000550000,
    Reconciliation1760000551000,
  ],
  seeds: ['users', 'tracks', 'marketplace'],
  e2eFolders: ['core'],
};

import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/index.js';
import { SellerLedgerController } from './statements/seller-ledger.controller.js';
import { LedgerAdminController } from './verification/ledger.admin.controller.js';
import { LedgerVerification } from './verification/ledger-verification.service.js';

/** Holds the book against everything else; knows the whole marketplace, and nobody knows it. */
@Module({
  imports: [LedgerModule],
  controllers: [LedgerAdminController, SellerLedgerController],
  providers: [LedgerVerification],
})
export class ReconciliationModule {}

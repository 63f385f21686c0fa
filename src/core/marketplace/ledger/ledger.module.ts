import { Module } from '@nestjs/common';
import { LedgerAdminController } from './ledger.admin.controller.js';
import { LedgerController } from './ledger.controller.js';
import { LedgerRepository } from './ledger.repository.js';
import { LedgerService } from './ledger.service.js';

/** Double-entry ledger (07 7.9.5); knows none of its users. */
@Module({
  controllers: [LedgerController, LedgerAdminController],
  providers: [LedgerService, LedgerRepository],
  exports: [LedgerService],
})
export class LedgerModule {}

import { Module } from '@nestjs/common';
import { BookChecksRepository } from './book-checks.repository.js';
import { LedgerRepository } from './ledger.repository.js';
import { LedgerService } from './ledger.service.js';

/** Double-entry ledger (07 7.9.5); knows none of its users. */
@Module({
  providers: [LedgerService, LedgerRepository, BookChecksRepository],
  exports: [LedgerService],
})
export class LedgerModule {}

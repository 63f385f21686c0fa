export { LedgerModule } from './ledger.module.js';
export { LedgerService } from './ledger.service.js';
export type {
  AccountBalance,
  BookCheck,
  BookCheckResult,
  LedgerEntryRow,
  SellerBalance,
  TrialBalance,
} from './ledger.types.js';
export { postings, type Posting, type SellerShare } from './postings.js';

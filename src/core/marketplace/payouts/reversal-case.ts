import type { ExceptionSubject } from '../payments/index.js';
import type { TransferReversal } from './transfer-reversal.entity.js';

/** What an exception about a reversal names. */
export const reversalCase = ({ transferId, causeKind, causeId }: TransferReversal): ExceptionSubject => ({
  transferId,
  ...(causeKind === 'refund' ? { refundId: causeId } : { disputeId: causeId }),
});

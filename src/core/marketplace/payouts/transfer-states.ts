import { defineStates } from '../../../common/state-machine/index.js';

/** 07 7.9.9. */
export type TransferStatus =
  | 'pending'
  | 'processing'
  | 'completed'
  | 'failed'
  | 'unknown'
  | 'blocked_account'
  | 'permanently_failed'
  | 'reversal_pending'
  | 'reversed'
  | 'reversal_failed'
  | 'canceled';

/**
 * A transfer's life. `failed` and `unknown` may complete without being claimed again, because a late answer
 * to the claim before names the id; `reversed` without a provider's id means that the money never left. What
 * is taken back in part is `completed` again. `canceled` is an administrator's decision, who may retry it, or
 * a sale that a debt used up (ADR 6).
 */
export const transferStates = defineStates<TransferStatus>('transfer', {
  pending: ['processing', 'blocked_account', 'reversed', 'canceled'],
  processing: [
    'completed',
    'failed',
    'unknown',
    'blocked_account',
    'permanently_failed',
    'reversal_pending',
    'reversed',
  ],
  completed: ['reversal_pending'],
  failed: ['processing', 'blocked_account', 'completed', 'reversal_pending', 'reversed', 'canceled'],
  unknown: ['processing', 'completed', 'reversal_pending', 'reversed'],
  blocked_account: ['pending', 'processing', 'reversed', 'canceled'],
  permanently_failed: ['pending', 'processing', 'blocked_account', 'reversed', 'canceled'],
  reversal_pending: ['completed', 'reversed', 'reversal_failed'],
  reversal_failed: ['completed', 'reversal_pending', 'reversed'],
  reversed: [],
  canceled: ['processing', 'blocked_account', 'reversed'],
});

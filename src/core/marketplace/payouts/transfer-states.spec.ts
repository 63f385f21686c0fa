import { type TransferStatus, transferStates } from './transfer-states.js';

const ALLOWED: readonly string[] = [
  'pending>processing',
  'pending>blocked_account',
  'pending>reversed',
  'pending>canceled',
  'processing>completed',
  'processing>failed',
  'processing>unknown',
  'processing>blocked_account',
  'processing>permanently_failed',
  'processing>reversal_pending',
  'processing>reversed',
  'completed>reversal_pending',
  'failed>processing',
  'failed>blocked_account',
  'failed>completed',
  'failed>reversal_pending',
  'failed>reversed',
  'failed>canceled',
  'unknown>processing',
  'unknown>completed',
  'unknown>reversal_pending',
  'unknown>reversed',
  'blocked_account>pending',
  'blocked_account>processing',
  'blocked_account>reversed',
  'blocked_account>canceled',
  'permanently_failed>pending',
  'permanently_failed>processing',
  'permanently_failed>blocked_account',
  'permanently_failed>reversed',
  'permanently_failed>canceled',
  'reversal_pending>completed',
  'reversal_pending>reversed',
  'reversal_pending>reversal_failed',
  'reversal_failed>completed',
  'reversal_failed>reversal_pending',
  'reversal_failed>reversed',
  'canceled>processing',
  'canceled>blocked_account',
  'canceled>reversed',
];

describe('transfer states', () => {
  const pairs = transferStates.states.flatMap((from) =>
    transferStates.states.map((to) => [from, to] as const),
  );

  it.each(pairs)('%s to %s is as the table says', (from: TransferStatus, to: TransferStatus) => {
    expect(transferStates.can(from, to)).toBe(ALLOWED.includes(`${from}>${to}`));
  });

  it('names all states of the decisions', () => {
    expect([...transferStates.states].sort()).toEqual(
      [
        'pending',
        'processing',
        'completed',
        'failed',
        'unknown',
        'blocked_account',
        'permanently_failed',
        'reversal_pending',
        'reversed',
        'reversal_failed',
        'canceled',
      ].sort(),
    );
  });

  it('never sends a reversed transfer again', () => {
    expect(transferStates.isTerminal('reversed')).toBe(true);
  });
});

import type { PaymentExceptions, PaymentExceptionKind } from '../payments/index.js';

const CASES = [
  'transfer_unknown',
  'transfer_short',
  'transfer_key_mismatch',
  'transfer_permanently_failed',
  'seller_deauthorised',
] as const satisfies readonly PaymentExceptionKind[];

/** Why the cases of a transfer are closed that was taken back before it left. */
export const NOTHING_LEFT = 'Nothing is left to send';

/** Closes the open cases about the sending of a transfer: it was sent, or never will be. In the caller's transaction. */
export async function closeTransferCases(
  exceptions: PaymentExceptions,
  transferId: string,
  note: string,
): Promise<void> {
  for (const kind of CASES) await exceptions.resolveFor({ kind, transferId }, note);
}

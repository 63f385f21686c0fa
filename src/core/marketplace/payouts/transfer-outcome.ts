import { ProviderMisconfigured, ProviderRefusal } from '../payments/index.js';
import { EmptyTransferIdError } from './empty-transfer-id.error.js';
import { classOfRefusal, type FailureClass } from './transfer-retry-policy.js';

/** The same key with other parameters: our bug, for a person to look at (08 2.2). */
export const KEY_MISMATCH = 'idempotency_error';

/** How one attempt at the provider ended. */
export type ProviderOutcome =
  /** There is an object with this id. */
  | { kind: 'done'; providerId: string }
  /** A definite no: under this key there is nothing and never will be. */
  | { kind: 'refused'; failureClass: FailureClass; code: string; message: string }
  /** Nobody knows. */
  | { kind: 'unknown'; code: string; message: string }
  /** Looked for, not there, and not wanted any more. */
  | { kind: 'absent' };

const LONGEST_MESSAGE = 500;

/**
 * What a failed creation means.
 * @param wasSentBefore an earlier attempt under the key may have arrived; then a refusal of our credentials
 * says nothing about it
 */
export function outcomeOfError(error: unknown, wasSentBefore: boolean): ProviderOutcome {
  const message = messageOf(error);
  if (error instanceof EmptyTransferIdError) return { kind: 'unknown', code: error.code, message };
  if (error instanceof ProviderRefusal && error.code !== KEY_MISMATCH) {
    return { kind: 'refused', failureClass: classOfRefusal(error.code), code: error.code, message };
  }
  if (error instanceof ProviderMisconfigured && !wasSentBefore) {
    return { kind: 'refused', failureClass: 'configuration', code: 'PROVIDER_MISCONFIGURED', message };
  }
  return unknownOutcome(error);
}

/** What a failed lookup means: as much as before it. */
export function unknownOutcome(error: unknown): ProviderOutcome {
  const code = error instanceof ProviderRefusal ? error.code : 'PROVIDER_UNKNOWN';
  return { kind: 'unknown', code, message: messageOf(error) };
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_MESSAGE);

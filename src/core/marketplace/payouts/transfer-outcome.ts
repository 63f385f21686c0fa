import { ProviderMisconfigured, ProviderRefusal } from '../payments/index.js';
import { EmptyTransferIdError } from './empty-transfer-id.error.js';
import { ProviderRateLimited } from './provider-rate-limited.error.js';
import { classOfRefusal, type FailureClass } from './transfer-retry-policy.js';

/** The same key with other parameters: our bug, for a person to look at (08 2.2). */
export const KEY_MISMATCH = 'idempotency_error';
/** Our credentials were refused: every other call would be as well. */
export const MISCONFIGURED = 'PROVIDER_MISCONFIGURED';

/** How one attempt at the provider ended. */
export type ProviderOutcome =
  /** There is an object with this id. */
  | { kind: 'done'; providerId: string }
  /** A definite no: under this key there is nothing and never will be. */
  | { kind: 'refused'; failureClass: FailureClass; code: string; message: string }
  /** Nobody knows; asked again under the same key. */
  | { kind: 'unknown'; failureClass: FailureClass; code: string; message: string }
  /** Looked for, not there, and not wanted any more. */
  | { kind: 'absent' };

/** True when every other call would be refused as well. */
export const isAboutOurKey = (outcome: ProviderOutcome): boolean =>
  'failureClass' in outcome && outcome.failureClass === 'configuration';

const LONGEST_MESSAGE = 500;

/**
 * What a failed creation means.
 * @param wasSentBefore an earlier attempt under the key may have arrived; then a refusal of our credentials
 * says nothing about it
 */
export function outcomeOfError(error: unknown, wasSentBefore: boolean): ProviderOutcome {
  const message = messageOf(error);
  if (error instanceof ProviderRefusal && error.code !== KEY_MISMATCH) {
    return { kind: 'refused', failureClass: classOfRefusal(error.code), code: error.code, message };
  }
  if (error instanceof ProviderMisconfigured && !wasSentBefore) {
    return { kind: 'refused', failureClass: 'configuration', code: MISCONFIGURED, message };
  }
  return unknownOutcome(error);
}

/** What a failed lookup means: as much as before it. */
export function unknownOutcome(error: unknown): ProviderOutcome {
  return { kind: 'unknown', ...reasonOf(error), message: messageOf(error) };
}

function reasonOf(error: unknown): { failureClass: FailureClass; code: string } {
  if (error instanceof EmptyTransferIdError) return { failureClass: 'ambiguous', code: error.code };
  if (error instanceof ProviderRateLimited) return { failureClass: 'rate_limit', code: error.code };
  if (error instanceof ProviderMisconfigured) return { failureClass: 'configuration', code: MISCONFIGURED };
  if (error instanceof ProviderRefusal) return { failureClass: 'ambiguous', code: error.code };
  return { failureClass: 'ambiguous', code: 'PROVIDER_UNKNOWN' };
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_MESSAGE);

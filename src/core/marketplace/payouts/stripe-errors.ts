import Stripe from 'stripe';
import { ProviderAmbiguous, ProviderMisconfigured, ProviderRefusal } from '../payments/index.js';
import { EmptyTransferIdError } from './empty-transfer-id.error.js';
import { ProviderRateLimited } from './provider-rate-limited.error.js';

const IN_FLIGHT = 'idempotency_key_in_use';

/** A response body as the SDK hands it over: it may be anything that parsed as JSON (08 2.2). */
interface Answer {
  id?: unknown;
  lastResponse?: { statusCode?: number };
}

/**
 * The id of a created object. The SDK resolves for every JSON body without an `error` key, whatever the
 * status, so an id that does not look like one is not an id (08 finding 6).
 */
export function usableId(answer: Answer, prefix: string, what: string): string {
  const { id } = answer;
  const statusCode = answer.lastResponse?.statusCode ?? 200;
  if (typeof id === 'string' && id.startsWith(prefix) && id.length > prefix.length && statusCode < 400)
    return id;
  throw new EmptyTransferIdError(what);
}

/** Sorts what the SDK threw into the answers that we act on (08 2.2). */
export function translateStripeError(error: unknown): Error {
  if (!(error instanceof Stripe.errors.StripeError)) {
    return error instanceof Error ? error : new ProviderAmbiguous(String(error));
  }
  const { statusCode, code } = error;
  if (error instanceof Stripe.errors.StripeAuthenticationError) return new ProviderMisconfigured('stripe');
  if (error instanceof Stripe.errors.StripePermissionError) return permission(error);
  if (error instanceof Stripe.errors.StripeRateLimitError || statusCode === 429) {
    return new ProviderRateLimited(code ?? 'rate_limit');
  }
  const isTransient = statusCode === undefined || statusCode >= 500 || statusCode === 409;
  if (isTransient || code === IN_FLIGHT || statusCode < 400) {
    return new ProviderAmbiguous(`${error.type}: ${error.message}`);
  }
  return new ProviderRefusal(code ?? error.rawType ?? error.type, error.message);
}

/** A deauthorised account is about the seller; any other 403 is about our key. */
function permission(error: Stripe.errors.StripePermissionError): Error {
  return error.code === 'account_invalid'
    ? new ProviderRefusal('account_invalid', error.message)
    : new ProviderMisconfigured('stripe');
}

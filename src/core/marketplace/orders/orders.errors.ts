import { DomainError } from '../../../common/errors/index.js';

/** 404 also for the order of somebody else (07 7.9.16). */
export const orderNotFound = (): DomainError =>
  new DomainError('ORDER_NOT_FOUND', 'not_found', 'Order not found');

export const orderNotCompleted = (): DomainError =>
  new DomainError('ORDER_NOT_COMPLETED', 'conflict', 'The order is not completed');

export const ownProduct = (productId: string): DomainError =>
  new DomainError('OWN_PRODUCT', 'invalid', 'You cannot buy your own product', {
    data: { product_id: productId },
  });

export const mixedCurrencies = (): DomainError =>
  new DomainError('MIXED_CURRENCIES', 'invalid', 'All products of an order must have the same currency');

/** 400: less than the price was named for a product of pricing `minimum`. */
export const amountBelowPrice = (index: number): DomainError =>
  amountRefused('AMOUNT_BELOW_PRICE', index, 'The amount must be at least the price');

/** 400: another amount than the price was named for a product of pricing `fixed`. */
export const amountNotAllowed = (index: number): DomainError =>
  amountRefused('AMOUNT_NOT_ALLOWED', index, 'The product has a fixed price');

function amountRefused(code: string, index: number, message: string): DomainError {
  return new DomainError(code, 'invalid', message, {
    details: [{ field: `items.${String(index)}.amount`, message }],
  });
}

/** 400: an exclusive licence is for the track alone, so nothing else with it can be in the same order. */
export const exclusiveOverlap = (trackId: string): DomainError =>
  new DomainError(
    'EXCLUSIVE_OVERLAP',
    'invalid',
    'An order cannot hold a track of an exclusive license twice',
    {
      data: { track_id: trackId },
    },
  );

/** 409 with the products that the buyer owns already (07 7.9.13). */
export const productsAlreadyOwned = (productIds: readonly string[]): DomainError =>
  new DomainError('ALREADY_OWNED', 'conflict', 'You already own this product', {
    data: { product_ids: productIds },
  });

/** 422: the key was used for an order of other products, other amounts or another code. */
export const orderKeyReused = (): DomainError =>
  new DomainError(
    'IDEMPOTENCY_KEY_REUSED',
    'unprocessable',
    'This Idempotency-Key belongs to another request',
  );

/** 503: nobody knows whether the payment was opened; the same Idempotency-Key resumes with the same payment. */
export const paymentProviderUnavailable = (orderId: string, cause: unknown): DomainError =>
  new DomainError(
    'PAYMENT_PROVIDER_UNAVAILABLE',
    'unavailable',
    'The payment provider cannot be reached; repeat the request with the same Idempotency-Key',
    { data: { order_id: orderId }, retryAfterSeconds: 5, cause },
  );

/** 422: the provider refused to open the payment for good; the order has failed. */
export const paymentRefused = (orderId: string): DomainError =>
  new DomainError('PAYMENT_REFUSED', 'unprocessable', 'The payment provider refused this payment', {
    data: { order_id: orderId },
  });

/** Thrown inside the module when another request has just stored an order under the same key. */
export class OrderKeyTaken extends Error {}

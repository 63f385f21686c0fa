import { DomainError, validationFailed } from '../../../common/errors/index.js';

/** 400: the order has an open or successful refund (S1). */
export const refundAlreadyRequested = (): DomainError =>
  new DomainError('REFUND_ALREADY_REQUESTED', 'invalid', 'A refund of this order is already in progress');

/** 400: not completed, free, or without a payment (07 7.6.18). */
export const orderNotRefundable = (): DomainError =>
  new DomainError('ORDER_NOT_REFUNDABLE', 'invalid', 'This order cannot be refunded');

/** 400: the window of 14 days is over (07 7.9.8). */
export const refundWindowExpired = (deadline: Date): DomainError =>
  new DomainError('REFUND_WINDOW_EXPIRED', 'invalid', 'The time to ask for a refund is over', {
    data: { refund_deadline: deadline.toISOString() },
  });

/** 403: may see the order, may not give it back. */
export const refundForbidden = (): DomainError =>
  new DomainError(
    'REFUND_FORBIDDEN',
    'forbidden',
    'Only the buyer or a seller of the order may ask for a refund',
  );

/** 400: the payment is disputed; the bank decides now (07 7.9.24). */
export const orderDisputed = (): DomainError =>
  new DomainError('ORDER_DISPUTED', 'invalid', 'The payment of this order is disputed');

/** 400: a refund is by items or by amount. */
export const refundItemsOrAmount = (): DomainError =>
  new DomainError('REFUND_ITEMS_OR_AMOUNT', 'invalid', 'Name items or an amount, not both', {
    details: [{ field: 'amount', message: 'cannot stand beside items' }],
  });

/** 422: the order has no such item, as far as the asker may see. */
export const orderItemNotFound = (itemId: string): DomainError =>
  new DomainError('ORDER_ITEM_NOT_FOUND', 'unprocessable', 'The order has no such item', {
    details: [{ field: 'items', message: `${itemId} is no item of this order` }],
  });

/** 422: the item was free or was given back already. */
export const itemNotRefundable = (itemId: string): DomainError =>
  new DomainError('ITEM_NOT_REFUNDABLE', 'unprocessable', 'Nothing is left of this item', {
    details: [{ field: 'items', message: `nothing is left of ${itemId}` }],
  });

/** 422: more than what is left of the order; `left` in minor units. */
export const refundExceedsRest = (leftMinor: number): DomainError =>
  new DomainError(
    'REFUND_EXCEEDS_REST',
    'unprocessable',
    'The amount is more than what is left of the order',
    {
      details: [{ field: 'amount', message: `at most ${String(leftMinor)} can be given back` }],
      data: { left: leftMinor },
    },
  );

/** 409: the order has more to give back than the second administrator allowed. */
export const approvedAmountExceeded = (): DomainError =>
  new DomainError('APPROVED_AMOUNT_EXCEEDED', 'conflict', 'The refund is larger than what was approved');

export const refundNotFound = (): DomainError =>
  new DomainError('REFUND_NOT_FOUND', 'not_found', 'Refund not found');

/** 409: it has ended already. */
export const refundSettled = (status: string): DomainError =>
  new DomainError('REFUND_SETTLED', 'conflict', `The refund has ${status}`, { data: { status } });

/** 409: the provider's own word is another. */
export const refundContradictsProvider = (status: string): DomainError =>
  new DomainError(
    'REFUND_CONTRADICTS_PROVIDER',
    'conflict',
    `The provider says that the refund has ${status}`,
    {
      data: { provider_status: status },
    },
  );

/** 409: neither under review nor older than REFUND_SWEEP_STEPS: the provider may still answer. */
export const refundNotStuck = (): DomainError =>
  new DomainError('REFUND_NOT_STUCK', 'conflict', 'The provider may still decide about this refund');

/** 409: the provider has it, or it was made in the dashboard: there is nothing to send. */
export const refundNotResubmittable = (): DomainError =>
  new DomainError('REFUND_NOT_RESUBMITTABLE', 'conflict', 'The provider knows this refund already');

/** 503: the provider has to be asked first and cannot be reached. */
export const refundProviderUnavailable = (cause: unknown): DomainError =>
  new DomainError('PAYMENT_PROVIDER_UNAVAILABLE', 'unavailable', 'The payment provider cannot be reached', {
    retryAfterSeconds: 30,
    cause,
  });

/** 400: an administrator who overrides the rules says why; it is audited (07 7.9.8). */
export const reasonRequired = (): DomainError =>
  validationFailed([{ field: 'reason', message: 'reason is required of an administrator' }]);

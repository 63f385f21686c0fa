import { DomainError } from '../../../common/errors/index.js';

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

/** 422: this installation refunds orders as a whole. */
export const partialRefundNotAvailable = (): DomainError =>
  new DomainError(
    'PARTIAL_REFUND_NOT_AVAILABLE',
    'unprocessable',
    'Orders are refunded as a whole; leave out items and amount',
  );

import { DomainError } from '../../../common/errors/index.js';

/** 503: the provider gave no usable answer; nothing is lost by asking again. */
export const payoutProviderUnavailable = (cause?: unknown): DomainError =>
  new DomainError(
    'PAYOUT_PROVIDER_UNAVAILABLE',
    'unavailable',
    'The payout provider did not answer; try again',
    {
      retryAfterSeconds: 5,
      cause,
    },
  );

/** 422: the provider said a definite no. Its own words stay in the log (08 3.8.13). */
export const payoutProviderRefused = (cause?: unknown): DomainError =>
  new DomainError('PAYOUT_PROVIDER_REFUSED', 'unprocessable', 'The payout provider refused the request', {
    cause,
  });

export const transferNotFound = (): DomainError =>
  new DomainError('TRANSFER_NOT_FOUND', 'not_found', 'Transfer not found');

/** 409: the transfer's state leaves nothing to retry. */
export const transferNotRetryable = (status: string): DomainError =>
  new DomainError('TRANSFER_NOT_RETRYABLE', 'conflict', `A transfer that is ${status} cannot be retried`);

/** 409: a refund of the order is under way, or a dispute is open. */
export const transferHeld = (): DomainError =>
  new DomainError('TRANSFER_HELD', 'conflict', 'A refund or a dispute of the order is in progress');

/** 409: another process is sending this transfer right now. */
export const transferInFlight = (): DomainError =>
  new DomainError('TRANSFER_IN_FLIGHT', 'conflict', 'The transfer is being sent at this moment');

/** 409: the hold days of the sale are not over; `ignore_hold` sends it all the same. */
export const transferOnHold = (until: Date): DomainError =>
  new DomainError('TRANSFER_ON_HOLD', 'conflict', 'The hold days of the sale are not over', {
    data: { hold_until: until.toISOString() },
  });

/** 409: it has left, or may have, or there is nothing of it. */
export const transferNotCancelable = (status: string): DomainError =>
  new DomainError('TRANSFER_NOT_CANCELABLE', 'conflict', `A transfer that is ${status} cannot be cancelled`);

export const sellerNotFound = (): DomainError =>
  new DomainError('SELLER_NOT_FOUND', 'not_found', 'Seller not found');

/** 409: these transfers are paused already. */
export const transfersAlreadyPaused = (): DomainError =>
  new DomainError('TRANSFERS_ALREADY_PAUSED', 'conflict', 'Transfers are paused already');

/** 409: these transfers are not paused here; TRANSFERS_PAUSED is the operator's. */
export const transfersNotPaused = (): DomainError =>
  new DomainError('TRANSFERS_NOT_PAUSED', 'conflict', 'Transfers are not paused');

/** 409: TRANSFERS_PAUSED is on, or an administrator paused them, for all sellers or for this one. */
export const transfersPaused = (): DomainError =>
  new DomainError('TRANSFERS_PAUSED', 'conflict', 'Transfers are paused');

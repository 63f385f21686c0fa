import { DomainError } from '../../../common/errors/index.js';
import type { RejectedEvent } from './provider-event.js';

/** 401: the signature is missing or was not made with our secret over these bytes. */
export const invalidSignature = (): DomainError =>
  new DomainError('INVALID_SIGNATURE', 'unauthenticated', 'The webhook signature is not valid');

/** 400: the delivery is signed but names nothing, so sending it again will not help. */
export const webhookRejected = ({ code, message }: RejectedEvent): DomainError =>
  new DomainError(code, 'invalid', message);

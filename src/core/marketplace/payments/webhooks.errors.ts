import { DomainError } from '../../../common/errors/index.js';
import type { RejectedEvent } from './provider-event.js';

/** 401: the signature is missing or was not made with our secret over these bytes. */
export const invalidSignature = (): DomainError =>
  new DomainError('INVALID_SIGNATURE', 'unauthenticated', 'The webhook signature is not valid');

/** 400: the delivery is signed but names nothing, so sending it again will not help. */
export const webhookRejected = ({ code, message }: RejectedEvent): DomainError =>
  new DomainError(code, 'invalid', message);

export const webhookEventNotFound = (): DomainError =>
  new DomainError('WEBHOOK_EVENT_NOT_FOUND', 'not_found', 'Webhook event not found');

/** 409: a delivery that names nothing can never be applied. */
export const webhookEventRejected = (): DomainError =>
  new DomainError('WEBHOOK_EVENT_REJECTED', 'conflict', 'A rejected webhook event cannot be applied');

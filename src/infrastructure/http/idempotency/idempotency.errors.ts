import { DomainError } from '../../../common/errors/index.js';

export const idempotencyKeyInvalid = (): DomainError =>
  new DomainError(
    'IDEMPOTENCY_KEY_INVALID',
    'invalid',
    'Idempotency-Key must be 1 to 255 printable characters',
    {
      details: [{ field: 'Idempotency-Key', message: 'must be 1 to 255 printable characters' }],
    },
  );

export const idempotencyKeyReused = (): DomainError =>
  new DomainError(
    'IDEMPOTENCY_KEY_REUSED',
    'unprocessable',
    'This Idempotency-Key belongs to another request',
  );

export const idempotencyInFlight = (): DomainError =>
  new DomainError(
    'IDEMPOTENCY_IN_FLIGHT',
    'conflict',
    'The first request with this Idempotency-Key is still running',
    {
      retryAfterSeconds: 1,
    },
  );

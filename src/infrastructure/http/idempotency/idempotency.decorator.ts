import { UseInterceptors, applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiFailures } from '../openapi/api-failures.decorator.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/**
 * The route takes `Idempotency-Key` (07 7.9.15): the same key with the same request replays the stored
 * answer, with another request it is 422 `IDEMPOTENCY_KEY_REUSED`, while the first one runs 409
 * `IDEMPOTENCY_IN_FLIGHT`. Keys are per user and kept IDEMPOTENCY_TTL.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', maxLength: 255 } }),
    ApiFailures(409, 422),
  );

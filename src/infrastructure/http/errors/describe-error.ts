import { HttpException } from '@nestjs/common';
import { DomainError, type FieldProblem } from '../../../common/errors/index.js';
import { isDatabaseOutage } from '../../database/index.js';
import { STATUS_OF_KIND } from './status-of-kind.js';

/** An error as the caller sees it. */
export interface ErrorDescription {
  status: number;
  code: string;
  message: string;
  details: FieldProblem[];
  data?: Record<string, unknown>;
  retryAfterSeconds?: number;
  /** False for what nobody foresaw: it is logged with its stack and answered with nothing but an id. */
  isExpected: boolean;
}

const UNEXPECTED: ErrorDescription = {
  status: 500,
  code: 'INTERNAL_ERROR',
  message: 'Something went wrong on our side',
  details: [],
  isExpected: false,
};

/** Nobody's mistake and over soon: the caller may come again. It is logged all the same. */
const OUTAGE: ErrorDescription = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  message: 'The service is not available at the moment',
  details: [],
  retryAfterSeconds: 2,
  isExpected: false,
};

/** What Fastify refuses before any handler runs, by its error code. */
const TRANSPORT_ERRORS: Record<string, Pick<ErrorDescription, 'status' | 'code' | 'message'>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    message: 'The request body is too large',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'This content type is not accepted here',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'MALFORMED_BODY', message: 'The request body is empty' },
  FST_ERR_CTP_INVALID_JSON_BODY: {
    status: 400,
    code: 'MALFORMED_BODY',
    message: 'The request body is not valid JSON',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'MALFORMED_BODY',
    message: 'The request body does not have the announced length',
  },
  FST_ERR_MAX_PARAM_LENGTH: { status: 404, code: 'ROUTE_NOT_FOUND', message: 'There is no such route' },
  FST_ERR_BAD_URL: { status: 400, code: 'MALFORMED_URL', message: 'The URL is not valid' },
};

const BY_STATUS: Record<number, Pick<ErrorDescription, 'code' | 'message'>> = {
  // Whatever else of ours is a 400 has a code of its own: this one is what Nest makes of JSON.parse's error.
  400: { code: 'MALFORMED_BODY', message: 'The request body cannot be read' },
  401: { code: 'AUTH_TOKEN_INVALID', message: 'Authentication is required' },
  403: { code: 'AUTH_INSUFFICIENT_PERMISSIONS', message: 'You may not do this' },
  404: { code: 'ROUTE_NOT_FOUND', message: 'There is no such route' },
  405: { code: 'METHOD_NOT_ALLOWED', message: 'This method is not allowed here' },
  413: { code: 'PAYLOAD_TOO_LARGE', message: 'The request body is too large' },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'This content type is not accepted here' },
  429: { code: 'RATE_LIMIT_EXCEEDED', message: 'Too many requests' },
  503: { code: 'SERVICE_UNAVAILABLE', message: 'The service is not available at the moment' },
};

/** Turns anything that was thrown into what the caller may know of it. */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof DomainError) {
    const { code, message, details, data, retryAfterSeconds } = error;
    return {
      status: STATUS_OF_KIND[error.kind],
      code,
      message,
      details,
      data,
      retryAfterSeconds,
      isExpected: true,
    };
  }
  // Nest wraps what Fastify throws before a handler runs.
  if (error instanceof HttpException)
    return describeTransportError(error.cause) ?? describeStatus(error.getStatus());
  return describeTransportError(error) ?? (isDatabaseOutage(error) ? OUTAGE : UNEXPECTED);
}

/** A `statusCode` alone says nothing: a provider's error may carry the status that we were answered with. */
function describeTransportError(error: unknown): ErrorDescription | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('FST_')) return null;
  const known = TRANSPORT_ERRORS[code];
  if (known !== undefined) return { ...known, details: [], isExpected: true };
  return typeof statusCode === 'number' ? describeStatus(statusCode) : null;
}

function describeStatus(status: number): ErrorDescription {
  const known = BY_STATUS[status];
  if (known !== undefined) return { status, ...known, details: [], isExpected: true };
  return status >= 400 && status < 500
    ? { status, code: 'BAD_REQUEST', message: 'The request is not valid', details: [], isExpected: true }
    : UNEXPECTED;
}

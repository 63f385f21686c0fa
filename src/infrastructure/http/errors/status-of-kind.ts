import type { ErrorKind } from '../../../common/errors/index.js';

/** The one table from kind to HTTP status; a kind without a status does not compile. */
export const STATUS_OF_KIND: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  unprocessable: 422,
  locked: 423,
  rate_limited: 429,
  unavailable: 503,
  timeout: 504,
};

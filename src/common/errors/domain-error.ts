/**
 * What kind of refusal an error is. One table (`http/errors/status-of-kind.ts`) maps each kind to an HTTP
 * status and does not compile while a kind is missing.
 */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'too_large'
  | 'unsupported_media_type'
  | 'range_not_satisfiable'
  | 'unprocessable'
  | 'locked'
  | 'rate_limited'
  | 'unavailable'
  | 'timeout';

/** One rejected field of a request, as the error envelope shows it (S4). */
export interface FieldProblem {
  field: string;
  message: string;
}

/** Extras of a {@link DomainError}; `data` is handed to the caller, `cause` only to the log. */
export interface DomainErrorOptions {
  details?: FieldProblem[];
  data?: Record<string, unknown>;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * A refusal that the caller is meant to understand: a stable SCREAMING_SNAKE `code`, a `kind` and a
 * sentence that may leave the process. Everything else that is thrown becomes an opaque 500.
 */
export class DomainError extends Error {
  readonly details: FieldProblem[];
  readonly data?: Record<string, unknown>;
  readonly retryAfterSeconds?: number;

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    options: DomainErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'DomainError';
    this.details = options.details ?? [];
    this.data = options.data;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A request whose fields are wrong: 400 `VALIDATION_ERROR` with one entry per field (S4). */
export const validationFailed = (details: FieldProblem[]): DomainError =>
  new DomainError('VALIDATION_ERROR', 'invalid', 'The request is not valid', { details });

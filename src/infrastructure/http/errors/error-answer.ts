import type { ErrorDescription } from './describe-error.js';

/** What an answer needs to know of its request. */
export interface AnsweredRequest {
  id: string;
  /** The `Accept` header. */
  accept?: string;
}

/** An error answer as it goes over the wire. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The one error shape (S4), or RFC 9457 for callers that ask for `application/problem+json` (09 C51). */
export function answerOf(description: ErrorDescription, request: AnsweredRequest, now: Date): ErrorAnswer {
  const { status, code, message, details, data, retryAfterSeconds } = description;
  const isProblem = request.accept?.includes('application/problem+json') === true;
  const body = isProblem
    ? { type: 'about:blank', title: message, status, code, errors: details, request_id: request.id }
    : {
        success: false,
        error: { code, message, details, ...(data === undefined ? {} : { data }) },
        meta: { timestamp: now.toISOString(), request_id: request.id },
      };
  return {
    status,
    headers: {
      'Content-Type': isProblem ? 'application/problem+json' : 'application/json; charset=utf-8',
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(Math.ceil(retryAfterSeconds)) }),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
    body: JSON.stringify(body),
  };
}

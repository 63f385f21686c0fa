import type { FastifyServerOptions } from 'fastify';
import type { Clock } from '../../../common/time/index.js';
import { requestIdOf } from '../context/request-id.js';
import { EXTRA_HEADERS } from '../security/security-headers.js';
import { type ErrorDescription, describeError } from './describe-error.js';
import { type ErrorAnswer, answerOf } from './error-answer.js';

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/**
 * Gives the one error shape to what is refused before there is a route: URLs that cannot be decoded, and bytes
 * that are no HTTP request.
 */
export function transportErrorOptions(
  clock: Clock,
): Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'> {
  return {
    frameworkErrors: (error, request, reply) => {
      const answer = answerOf(
        describeError(error),
        { id: request.id, accept: request.headers.accept },
        clock.now(),
      );
      // No hook has run for this reply, so it is written as it is.
      reply.raw.writeHead(answer.status, { ...headersFor(request.id), ...answer.headers }).end(answer.body);
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === 'ECONNRESET' || socket.destroyed) return;
      const id = requestIdOf({ headers: {} });
      const answer = answerOf(describeClientError(error.code), { id }, clock.now());
      if (socket.writable) socket.write(rawAnswer(answer, headersFor(id)));
      socket.destroy(error);
    },
  };
}

function describeClientError(code: string | undefined): ErrorDescription {
  const known = { details: [], isExpected: true };
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = 'The URL and the headers are too large';
    return { ...known, status: 431, code: 'HEADERS_TOO_LARGE', message };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { ...known, status: 408, code: 'REQUEST_TIMEOUT', message: 'The request took too long to arrive' };
  return { ...known, status: 400, code: 'MALFORMED_REQUEST', message: 'The request is not valid HTTP' };
}

const headersFor = (requestId: string): Record<string, string> => ({
  ...EXTRA_HEADERS,
  'X-Content-Type-Options': 'nosniff',
  'X-Request-ID': requestId,
});

function rawAnswer({ status, headers, body }: ErrorAnswer, more: Record<string, string>): string {
  const lines = Object.entries({
    ...more,
    ...headers,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${REASONS[status] ?? ''}`, ...lines, '', body].join('\r\n');
}

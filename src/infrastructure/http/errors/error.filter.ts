import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../../common/time/index.js';
import { type ErrorDescription, describeError } from './describe-error.js';

/**
 * The only place that answers an error: the envelope of S4, or RFC 9457 for callers that ask for
 * `application/problem+json` (09 C51). What nobody foresaw is logged under the request's id and
 * answered with that id alone.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  constructor(private readonly clock: Clock) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const description = describeError(error);
    this.log(error, description, request);
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (description.retryAfterSeconds !== undefined) {
      void reply.header('Retry-After', String(Math.ceil(description.retryAfterSeconds)));
    }
    if (description.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
    this.send(reply, request, description);
  }

  private send(reply: FastifyReply, request: FastifyRequest, description: ErrorDescription): void {
    const { status, code, message, details, data } = description;
    if (request.headers.accept?.includes('application/problem+json') === true) {
      const problem = {
        type: 'about:blank',
        title: message,
        status,
        code,
        errors: details,
        request_id: request.id,
      };
      void reply
        .status(status)
        .header('Content-Type', 'application/problem+json')
        .send(JSON.stringify(problem));
      return;
    }
    void reply
      .status(status)
      .header('Content-Type', 'application/json; charset=utf-8')
      .send({
        success: false,
        error: { code, message, details, ...(data === undefined ? {} : { data }) },
        meta: { timestamp: this.clock.now().toISOString(), request_id: request.id },
      });
  }

  private log(error: unknown, description: ErrorDescription, request: FastifyRequest): void {
    if (description.isExpected) {
      this.logger.debug(`${request.method} refused with ${description.code}`);
      return;
    }
    const thrown = error instanceof Error ? error : new Error(String(error));
    this.logger.error({ err: thrown, request_id: request.id }, `Unexpected error: ${thrown.message}`);
  }
}

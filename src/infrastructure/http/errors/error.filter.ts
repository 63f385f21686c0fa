import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../../common/time/index.js';
import { type ErrorDescription, describeError } from './describe-error.js';
import { answerOf } from './error-answer.js';

/**
 * Answers whatever a route throws: the envelope of S4, or RFC 9457 for callers that ask for
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
    const { status, headers, body } = answerOf(
      description,
      { id: request.id, accept: request.headers.accept },
      this.clock.now(),
    );
    void reply.status(status).headers(headers).send(body);
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

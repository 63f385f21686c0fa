import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ClsService, ClsStore } from 'nestjs-cls';
import { EXTRA_HEADERS } from '../security/security-headers.js';
import { callerAddressOf } from './request-context.js';

const SCOPE = Symbol('request-scope');
type ScopedRequest = FastifyRequest & { [SCOPE]?: ClsStore };

/**
 * Gives each request its own call context. It is entered again before validation, because reading a body
 * resumes in the context of the socket and not of the request.
 */
export function registerRequestScope(fastify: FastifyInstance, cls: ClsService): void {
  fastify.addHook('onRequest', (request: ScopedRequest, reply, done) => {
    void reply.headers(EXTRA_HEADERS).header('X-Request-ID', request.id);
    const store = {
      requestId: request.id,
      ip: callerAddressOf(request),
      userAgent: request.headers['user-agent'],
    } as unknown as ClsStore;
    request[SCOPE] = store;
    cls.runWith(store, done);
  });
  fastify.addHook('preValidation', (request: ScopedRequest, _reply, done) => {
    if (request[SCOPE] === undefined) done();
    else cls.runWith(request[SCOPE], done);
  });
}

import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../../common/errors/index.js';

/** No body of ours is nested by more than a few levels; providers' webhooks by about ten. */
const MAX_DEPTH = 64;

const bodyTooDeep = (): DomainError =>
  new DomainError('MALFORMED_BODY', 'invalid', 'The request body is nested too deeply');

const multipartNotAccepted = (): DomainError =>
  new DomainError(
    'UNSUPPORTED_MEDIA_TYPE',
    'unsupported_media_type',
    'This content type is not accepted here',
  );

interface BodyConfig {
  isMultipart?: boolean;
}

/** The route reads a multipart form by itself; every other route refuses one with 415. */
export const AcceptsMultipart = (): MethodDecorator =>
  applyDecorators(
    RouteConfig({ isMultipart: true } satisfies BodyConfig),
    ApiConsumes('multipart/form-data'),
  );

/**
 * Refuses what no parser refuses: forms that no handler would read, which would look like an empty body, and deep
 * JSON, because validation, serialisation and the hash of a request recurse and would overflow.
 */
export function registerBodyRules(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, _reply, done) => {
    done(findProblem(request));
  });
}

function findProblem(request: FastifyRequest): DomainError | undefined {
  const { isMultipart = false } = request.routeOptions.config as BodyConfig;
  const isForm = /^\s*multipart\//i.test(request.headers['content-type'] ?? '');
  if (isForm && !isMultipart && !request.is404) return multipartNotAccepted();
  return isTooDeep(request.body) ? bodyTooDeep() : undefined;
}

function isTooDeep(body: unknown): boolean {
  let level = [body].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === MAX_DEPTH) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value);

import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../../common/errors/index.js';

/** No body of ours is nested by more than a few levels; providers' webhooks by about ten. */
const MAX_DEPTH = 64;
/** A signed event of a provider has some hundred values, a request of ours at most about seventy. */
const MAX_BODY_VALUES = 5_000;
/** No list of ours has more than some dozen parameters. */
const MAX_QUERY_VALUES = 200;

const bodyTooDeep = (): DomainError =>
  new DomainError('MALFORMED_BODY', 'invalid', 'The request body is nested too deeply');

const tooManyValues = (what: 'body' | 'query'): DomainError =>
  new DomainError(
    what === 'body' ? 'MALFORMED_BODY' : 'MALFORMED_URL',
    'invalid',
    `The request ${what} has too many values`,
  );

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
 * JSON, because validation, serialisation and the hash of a request recurse and would overflow. The same for very
 * many values: validation takes them one by one, and a megabyte of unknown properties would occupy the process for
 * many seconds.
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
  if (hasMoreValuesThan(MAX_QUERY_VALUES, request.query)) return tooManyValues('query');
  if (isTooDeep(request.body)) return bodyTooDeep();
  return hasMoreValuesThan(MAX_BODY_VALUES, request.body) ? tooManyValues('body') : undefined;
}

/** True for a value nested by more than 64 levels: what recurses over it could overflow. */
export function isTooDeep(body: unknown): boolean {
  let level = [body].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === MAX_DEPTH) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

function hasMoreValuesThan(limit: number, root: unknown): boolean {
  const pending = [root].filter(isContainer);
  let count = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const values: unknown[] = Object.values(next);
    count += values.length;
    if (count > limit) return true;
    pending.push(...values.filter(isContainer));
  }
  return false;
}

const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value);

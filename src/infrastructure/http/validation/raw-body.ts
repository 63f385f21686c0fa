import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyBodyParser, FastifyInstance } from 'fastify';

interface RawBodyConfig {
  readsRawBody?: boolean;
}

/** The route reads the bytes by itself, whatever they are: a signature over them is checked before any parser. */
export const ReadsRawBody = (): MethodDecorator =>
  RouteConfig({ readsRawBody: true } satisfies RawBodyConfig);

/** The JSON parser of every route but those that read the bytes by themselves; these get no body at all. */
export function jsonBodyParser(fastify: FastifyInstance): FastifyBodyParser<Buffer> {
  const parse = fastify.getDefaultJsonParser('error', 'error') as unknown as FastifyBodyParser<Buffer>;
  return (request, body, done) => {
    const { readsRawBody = false } = request.routeOptions.config as RawBodyConfig;
    if (readsRawBody) done(null);
    else void parse(request, body, done);
  };
}

import { appendFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * Notes which cases the tests put to each route, from the requests that really arrived. The reporter
 * `route-cases-reporter.cjs` compares them with `docs/routes.md` at the end of a whole run.
 */
export function recordRouteCases(app: NestFastifyApplication): void {
  const file = process.env.TEST_ROUTE_CASES_FILE;
  if (file === undefined) return;
  const seen = new Set<string>();
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url;
      if (route !== undefined && request.method !== 'HEAD' && request.method !== 'OPTIONS') {
        const who = request.headers.authorization === undefined ? 'stranger' : 'caller';
        seen.add(`${request.method} ${route} ${who} ${String(reply.statusCode)}`);
      }
      done();
    })
    .addHook('onClose', (_instance, done) => {
      appendFileSync(file, [...seen].map((line) => `${line}\n`).join(''));
      done();
    });
}

import { randomUUID } from 'node:crypto';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import type { Response } from 'supertest';
import { RouteCatalogue } from '../../../src/core/auth/access/route-catalogue.js';
import { IdempotencyInterceptor } from '../../../src/infrastructure/http/idempotency/idempotency.interceptor.js';
import { type Actor, api } from '../../support/index.js';
import { MoneyWorld } from '../core/marketplace/money-world.js';
import { IDEMPOTENT_ROUTES, type IdempotentRequest, WITHOUT_KEY } from './idempotent-routes.js';

const PARALLEL_REQUESTS = 8;

describe('every POST that moves money or creates something takes Idempotency-Key (07 7.9.15)', () => {
  let world: MoneyWorld;

  beforeAll(async () => {
    // Above this amount an administrator gets 202 with a question to a second one, and the replay must say so too.
    world = await MoneyWorld.create({ FOUR_EYES_AMOUNT: '2000' });
  });
  afterEach(() => world.calm());
  afterAll(() => world.close());

  const send = (actor: Actor, key: string, { path, body }: IdempotentRequest): Promise<Response> =>
    world.test.http
      .post(api(path))
      .set({ ...actor.auth, 'Idempotency-Key': key })
      .send(body)
      .then((response) => response);
  const codeOf = (response: Response): string | undefined =>
    (response.body as { error?: { code: string } }).error?.code;
  const dataOf = (response: Response): unknown => (response.body as { data: unknown }).data;
  const isReplay = (response: Response): boolean => response.headers['idempotency-replayed'] === 'true';

  /** How many rows every table has, and how often a provider was told to do something; keys apart. */
  const traces = async (): Promise<Record<string, number>> => {
    await world.quiet();
    const tables = await world.test.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'idempotency_keys'`,
    );
    const counts = tables.map(
      ({ name }) => `SELECT '${name}' AS name, count(*)::int AS count FROM "${name}"`,
    );
    const rows = await world.test.sql<{ name: string; count: number }>(counts.join(' UNION ALL '));
    const calls = world.sandbox.requests().filter((call) => call.method === 'POST').length;
    return { ...Object.fromEntries(rows.map(({ name, count }) => [name, count])), calls };
  };

  it('apart from a few with a reason', () => {
    const routes = world.test.app.get(RouteCatalogue, { strict: false }).list();
    const posts = routes.filter((route) => route.method === 'POST');
    const takesKey = ({ controller, handlerName }: (typeof posts)[number]): boolean => {
      const handler = (controller.prototype as Record<string, object>)[handlerName]!;
      const interceptors = Reflect.getMetadata(INTERCEPTORS_METADATA, handler) as unknown[] | undefined;
      return interceptors?.includes(IdempotencyInterceptor) ?? false;
    };
    const pathsOf = (some: typeof posts): string[] =>
      some.map((route) => route.path.replace('/api/v1', '')).sort();
    expect(pathsOf(posts.filter((route) => !takesKey(route)))).toEqual(Object.keys(WITHOUT_KEY).sort());
    expect(pathsOf(posts.filter(takesKey))).toEqual(Object.keys(IDEMPOTENT_ROUTES).sort());
  });

  describe.each(Object.entries(IDEMPOTENT_ROUTES))('POST %s', (_path, route) => {
    afterEach(() => route.cleanUp?.(world));

    it('replays the stored answer, refuses another request and one in flight, and has no second effect', async () => {
      const actor = await route.actor(world);
      const request = await route.request(world, actor);
      const key = randomUUID();
      const before = await traces();

      const first = await send(actor, key, request);
      expect([codeOf(first), isReplay(first)]).toEqual([undefined, false]);
      expect(first.status).toBeLessThan(300);
      const after = await traces();
      expect(after).not.toEqual(before);

      const again = await send(actor, key, request);
      expect([again.status, isReplay(again)]).toEqual([first.status, true]);
      expect(JSON.stringify(dataOf(again))).toBe(JSON.stringify(dataOf(first)));

      const other = await send(actor, key, { ...request, body: { ...request.body, another: 'request' } });
      expect([other.status, codeOf(other)]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
      const elsewhere = await send(actor, key, { ...request, path: `${request.path}?another=request` });
      expect([elsewhere.status, codeOf(elsewhere)]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);

      await world.test.sql(
        `UPDATE idempotency_keys SET response = NULL, lease_until = now() + interval '1 minute' WHERE key = $1`,
        [key],
      );
      const inFlight = await send(actor, key, request);
      expect([inFlight.status, codeOf(inFlight)]).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT']);
      expect(await traces()).toEqual(after);
    });

    it('has one effect for parallel requests', async () => {
      const actor = await route.actor(world);
      const request = await route.request(world, actor);
      const key = randomUUID();
      const answers = await Promise.all(
        Array.from({ length: PARALLEL_REQUESTS }, () => send(actor, key, request)),
      );
      const done = answers.filter((answer) => answer.status < 300 && !isReplay(answer));
      expect(done).toHaveLength(1);
      for (const answer of answers.filter((one) => !done.includes(one))) {
        if (isReplay(answer)) expect(dataOf(answer)).toEqual(dataOf(done[0]!));
        else expect([answer.status, codeOf(answer)]).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT']);
      }
    });

    it('knows the key of another user apart, and forgets one that has expired', async () => {
      const [actor, rival] = [await route.actor(world), await route.actor(world)];
      const key = randomUUID();
      const first = await send(actor, key, await route.request(world, actor));
      const request = await route.request(world, rival);
      const before = await traces();
      const theirs = await send(rival, key, request);
      expect([theirs.status, isReplay(theirs)]).toEqual([first.status, false]);
      expect(await traces()).not.toEqual(before);

      await world.test.sql('UPDATE idempotency_keys SET expires_at = now() WHERE key = $1', [key]);
      const anew = await send(rival, key, { ...request, path: `${request.path}?another=request` });
      expect(isReplay(anew)).toBe(false);
      expect(codeOf(anew) ?? '').not.toMatch(/^IDEMPOTENCY_/);
    });
  });

  it('leaves both books in agreement', async () => {
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
});

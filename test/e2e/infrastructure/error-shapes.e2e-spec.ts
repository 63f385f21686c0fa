import { randomUUID } from 'node:crypto';
import type { OpenAPIObject } from '@nestjs/swagger';
import {
  type Actor,
  type TestApp,
  TEST_INTERNAL_KEY,
  api,
  createTestApp,
  newActor,
  newTrack,
} from '../../support/index.js';
import {
  type Answer,
  BROKEN_BODIES,
  FOREIGN_BODIES,
  ROUTES,
  type Route,
  flawsOf,
  outcomeOf,
  send,
  sendRaw,
} from './hostile-requests.js';

interface Operation {
  parameters?: { in: string; name: string }[];
  requestBody?: object;
}

const named = (routes: readonly Route[]): [string, Route][] =>
  routes.map((route) => [`${route.method} ${route.path}`, route]);
const takesBody = ({ method }: Route): boolean => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
const UPLOAD = '/api/v1/tracks';

describe('the error shape', () => {
  let test: TestApp;
  let port: number;
  let admin: Actor;
  let document: OpenAPIObject;
  /** Real objects, by the segment before their id. */
  let ids: Record<string, string>;

  beforeAll(async () => {
    // What this suite sends to every route must not count as the cases that each route's own tests put to it.
    delete process.env.TEST_ROUTE_CASES_FILE;
    test = await createTestApp({ listen: true, env: { LOG_LEVEL: 'FATAL' } });
    port = Number(new URL(test.url).port);
    admin = await newActor(test, { role: 'admin' });
    document = (await test.http.get('/openapi.json').expect(200)).body as OpenAPIObject;
    const creator = await newActor(test, { role: 'creator' });
    const { body: offered } = await test.http
      .post(api('/marketplace/products'))
      .set(creator.auth)
      .send({ title: 'Mixing', product_type: 'service', price: 0, currency: 'EUR', license_type: 'basic' })
      .expect(201);
    const product = (offered as { data: { id: string } }).data.id;
    const { body: ordered } = await test.http
      .post(api('/marketplace/orders'))
      .set((await newActor(test)).auth)
      .send({ items: [{ product_id: product }] })
      .expect(201);
    const { body: coded } = await test.http
      .post(api('/marketplace/discount-codes'))
      .set(creator.auth)
      .send({ code: 'SHAPES10', percent_bps: 1000 })
      .expect(201);
    ids = {
      'discount-codes': (coded as { data: { id: string } }).data.id,
      tracks: (await newTrack(test, creator)).id,
      products: product,
      orders: (ordered as { data: { order: { id: string } } }).data.order.id,
      users: admin.id,
    };
  });
  afterAll(() => test.close());

  const authOf = async ({ path, access }: Route): Promise<Record<string, string>> => {
    if (access.startsWith('internal')) return { 'X-Internal-API-Key': TEST_INTERNAL_KEY };
    return path.endsWith('/logout') ? (await newActor(test)).auth : admin.auth;
  };
  /** The path with real ids, or with `value` in every place of an id. */
  const fill = ({ method, path }: Route, value?: string): string =>
    path.replace(/([\w-]+)\/:\w+/g, (_all, segment: string) => {
      const id = method === 'DELETE' ? undefined : ids[segment];
      return `${segment}/${value ?? id ?? randomUUID()}`;
    });
  const operationOf = ({ method, path }: Route): Operation => {
    const item = document.paths[path.replace(/:(\w+)/g, '{$1}')] as Record<string, Operation> | undefined;
    return item?.[method.toLowerCase()] ?? {};
  };
  const note = (answer: Answer, what: string, outcome?: string): string[] => {
    const flaws = flawsOf(answer);
    if (flaws.length === 0 && outcome !== undefined && outcomeOf(answer) !== outcome)
      flaws.push(`${outcomeOf(answer)} instead of ${outcome}`);
    return flaws.map((flaw) => `${what}: ${flaw}`);
  };
  /** For what a route without such input may leave aside: any answer that is no failure of ours. */
  const noteIgnorable = (answer: Answer, what: string): string[] =>
    answer.status < 400 || outcomeOf(answer) === '503 PROVIDER_NOT_CONFIGURED' ? [] : note(answer, what);

  it('is looked for on every route of docs/routes.md', () => {
    expect(ROUTES.length).toBeGreaterThan(55);
    const documented = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented.filter((route) => !named(ROUTES).some(([name]) => name === route))).toEqual([]);
  });

  it.each(named(ROUTES.filter(takesBody)))(
    'is kept by %s for bodies that cannot be read',
    async (_, route) => {
      const auth = await authOf(route);
      const path = fill(route);
      const { method } = route;
      const flaws: string[] = [];
      for (const [what, type, body, outcome] of BROKEN_BODIES) {
        const keys: Record<string, string>[] = [{}, { 'Idempotency-Key': randomUUID() }];
        for (const key of keys) {
          const headers = { ...auth, ...key, 'Content-Type': type };
          const answer = await send(port, { method, path, headers, body });
          // A webhook's body is nobody's before its signature is right.
          const isUnread = path.includes('/webhooks/') && outcome === '400 MALFORMED_BODY';
          flaws.push(...(isUnread ? noteIgnorable(answer, what) : note(answer, what, outcome)));
        }
      }
      const form = { ...auth, 'Content-Type': 'multipart/form-data; boundary=x' };
      const expected = route.path === UPLOAD ? undefined : '415 UNSUPPORTED_MEDIA_TYPE';
      for (const body of ['', '--x', '--x\r\n\r\nzzz', '--x--\r\n'])
        flaws.push(
          ...note(await send(port, { method, path, headers: form, body }), `form ${body}`, expected),
        );
      expect(flaws).toEqual([]);
    },
  );

  it.each(named(ROUTES.filter(takesBody)))('is kept by %s for JSON that means nothing', async (_, route) => {
    const { method } = route;
    // A webhook's body is nobody's before its signature is right.
    const isRead = operationOf(route).requestBody !== undefined && !route.path.includes('/webhooks/');
    const outcome = route.path === UPLOAD ? '415 UNSUPPORTED_MEDIA_TYPE' : '400 VALIDATION_ERROR';
    const flaws: string[] = [];
    for (const body of FOREIGN_BODIES) {
      const headers = { ...(await authOf(route)), 'Content-Type': 'application/json' };
      const answer = await send(port, { method, path: fill(route), headers, body });
      flaws.push(...(isRead ? note(answer, body, outcome) : noteIgnorable(answer, body)));
    }
    expect(flaws).toEqual([]);
  });

  it.each(named(ROUTES.filter(({ path }) => path.includes(':'))))(
    'is kept by %s for bad paths',
    async (_, route) => {
      const headers = await authOf(route);
      const isName = [':username', '/jobs/', ':number'].some((part) => route.path.includes(part));
      const values: [string, string | undefined][] = [
        ['not-a-uuid', isName ? undefined : '400 VALIDATION_ERROR'],
        [`${randomUUID()}0`, isName ? undefined : '400 VALIDATION_ERROR'],
        ['%00', undefined],
        [`${randomUUID()}%00`, undefined],
        ["1'%20OR%201=1--", undefined],
        ['..%2f..%2fetc%2fpasswd', undefined],
        ['%F0%9F%98%80', undefined],
        ['%ff', '400 MALFORMED_URL'],
        ['%', '400 MALFORMED_URL'],
        ['x'.repeat(600), '404 ROUTE_NOT_FOUND'],
        ['x'.repeat(20_000), '431 HEADERS_TOO_LARGE'],
      ];
      const flaws: string[] = [];
      for (const [value, outcome] of values) {
        const answer = await send(port, { method: route.method, path: fill(route, value), headers });
        flaws.push(...note(answer, value.slice(0, 40), outcome));
      }
      expect(flaws).toEqual([]);
    },
  );

  it.each(named(ROUTES.filter(({ method }) => method === 'GET')))(
    'is kept by %s for bad queries',
    async (_, route) => {
      const headers = await authOf(route);
      const get = (query: string) => send(port, { method: 'GET', path: `${fill(route)}?${query}`, headers });
      const known = (operationOf(route).parameters ?? [])
        .filter((one) => one.in === 'query')
        .map(({ name }) => name);
      const flaws: string[] = [];
      for (const query of [
        'colour=red',
        'sort[]=x',
        '__proto__[x]=1',
        'x=%00',
        '%00=x',
        'x=%ff',
        '%',
        '=&=&?',
      ]) {
        const answer = await get(query);
        const isWrong = known.length > 0 && !/^(%|=.*)$/.test(query);
        flaws.push(...(isWrong ? note(answer, query, '400 VALIDATION_ERROR') : noteIgnorable(answer, query)));
      }
      for (const name of known)
        for (const query of [
          `${name}[]=x`,
          `${name}[a]=x`,
          ...(name === 'tags' ? [] : [`${name}=1&${name}=2`]),
          `${name}=%00`,
          `${name}=${'x'.repeat(9_000)}`,
        ])
          flaws.push(...note(await get(query), query.slice(0, 40), '400 VALIDATION_ERROR'));
      flaws.push(...note(await get(`q=${'x'.repeat(20_000)}`), 'overlong', '431 HEADERS_TOO_LARGE'));
      expect(flaws).toEqual([]);
    },
  );

  it.each(named(ROUTES))('is kept beside %s for methods that do not exist', async (_, route) => {
    const headers = await authOf(route);
    const flaws: string[] = [];
    for (const method of ['PATCH', 'PURGE', 'TRACE', 'PROPFIND'])
      flaws.push(
        ...note(await send(port, { method, path: fill(route), headers }), method, '404 ROUTE_NOT_FOUND'),
      );
    expect(flaws).toEqual([]);
  });

  it.each([
    ['/', '404 ROUTE_NOT_FOUND'],
    ['/api/v1/', '404 ROUTE_NOT_FOUND'],
    ['/api/v1/tracks/', '404 ROUTE_NOT_FOUND'],
    ['/api/v1//tracks', '404 ROUTE_NOT_FOUND'],
    ['/api/v2/tracks', '404 ROUTE_NOT_FOUND'],
    ['/stream', '404 ROUTE_NOT_FOUND'],
    ['/stream/a/b', '404 ROUTE_NOT_FOUND'],
    ['/%00', '404 ROUTE_NOT_FOUND'],
    ['/%', '400 MALFORMED_URL'],
    ['/api/v1/tracks/%E0%A4%A', '400 MALFORMED_URL'],
    ['/swagger/nothing.js', '404 ROUTE_NOT_FOUND'],
    ['/swagger/..%2f..%2fpackage.json', '404 ROUTE_NOT_FOUND'],
    ['/swagger/%2e%2e/package.json', undefined],
  ])('is kept for GET %s', async (path, outcome) => {
    expect(note(await send(port, { method: 'GET', path }), path, outcome)).toEqual([]);
  });

  it.each([
    ['no HTTP at all', 'GARBAGE\r\n\r\n', '400 MALFORMED_REQUEST'],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n', '400 MALFORMED_REQUEST'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      '400 MALFORMED_REQUEST',
    ],
    [
      'a length that is no number',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n',
      '400 MALFORMED_REQUEST',
    ],
    [
      '20 KB of headers',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 HEADERS_TOO_LARGE',
    ],
  ])('is kept for %s', async (what, bytes, outcome) => {
    expect(note(await sendRaw(port, bytes), what, outcome)).toEqual([]);
  });
});

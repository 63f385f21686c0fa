import { type Actor, type TestApp, api, createTestApp, newActor } from '../../support/index.js';

/** Far more than any of these takes, far less than what they took. */
const SHORT_MS = 1_500;
const AUTHORIZATIONS = 10;

describe('requests that are made to occupy the process', () => {
  let test: TestApp;
  let user: Actor;

  beforeAll(async () => {
    test = await createTestApp({ listen: true });
    user = await newActor(test);
  });
  afterAll(() => test.close());

  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  const post = (path: string, body: string) =>
    test.http.post(api(path)).set(user.auth).set('Content-Type', 'application/json').send(body);

  it('refuses a megabyte of unknown properties before it looks at each of them', async () => {
    const body = `{${Array.from({ length: 90_000 }, (_, index) => `"${String(index)}":1`).join(',')}}`;
    const elapsedMs = await timed(async () => {
      const { body: answer } = await post('/auth/login', body).expect(400);
      expect(answer.error).toMatchObject({ code: 'MALFORMED_BODY', details: [] });
    });
    expect(elapsedMs).toBeLessThan(SHORT_MS);
  });

  it('refuses a list of hundreds of thousands of objects', async () => {
    const body = `{"items":[${Array(300_000).fill('{}').join(',')}]}`;
    const elapsedMs = await timed(async () => {
      const { body: answer } = await post('/marketplace/orders', body).expect(400);
      expect(answer.error.code).toBe('MALFORMED_BODY');
    });
    expect(elapsedMs).toBeLessThan(SHORT_MS);
    expect(await test.sql('SELECT 1 FROM orders')).toEqual([]);
  });

  it('refuses thousands of query parameters', async () => {
    const query = Array.from({ length: 3_000 }, (_, index) => index.toString(36)).join('&');
    const { body } = await test.http.get(`${api('/tracks')}?${query}`).expect(400);
    expect(body.error).toMatchObject({ code: 'MALFORMED_URL', details: [] });
  });

  it('reads an Authorization header without a space in no time', async () => {
    const elapsedMs = await timed(async () => {
      for (let sent = 0; sent < AUTHORIZATIONS; sent += 1) {
        const { body } = await test.http
          .get(api('/auth/me'))
          .set('Authorization', 'a'.repeat(15_000))
          .expect(401);
        expect(body.error.code).toBe('AUTH_TOKEN_INVALID');
      }
    });
    expect(elapsedMs).toBeLessThan(SHORT_MS);
  });

  it('tells caches to keep nothing of its answers', async () => {
    const own = await test.http.get(api('/auth/me')).set(user.auth).expect(200);
    expect(own.headers['cache-control']).toBe('no-store');
    const refused = await test.http.get(api('/auth/me')).expect(401);
    expect(refused.headers['cache-control']).toBe('no-store');
  });
});

describe('addresses that a trusted proxy names', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await createTestApp({
      env: {
        TRUST_PROXY: '1',
        AUTH_RATE_LIMIT_LOGIN_ATTEMPTS: '5',
        DISABLE_RATE_LIMIT_FOR_TESTS: 'false',
      },
    });
  });
  afterAll(() => test.close());

  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['198.51.100.8:5678', '198.51.100.8'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['no address', '127.0.0.1'],
  ])('takes %j for %s', async (forwarded, expected) => {
    const name = `proxied${String(Date.now())}${String(Math.floor(performance.now()))}`;
    const { body } = await test.http
      .post(api('/auth/register'))
      .set('X-Forwarded-For', forwarded)
      .send({ username: name, email: `${name}@example.com`, password: 'walnut!harbour-9' })
      .expect(201);
    const rows = await test.sql<{ ip: string }>(
      'SELECT host(ip_address) AS ip FROM sessions WHERE user_id = $1',
      [body.data.user_id],
    );
    expect(rows.map(({ ip }) => ip.replace('::ffff:', ''))).toEqual([expected]);
  });

  it('counts the addresses of one IPv6 network together, and the first of several only for its proxy', async () => {
    const attempt = (forwarded: string) =>
      test.http
        .post(api('/auth/login'))
        .set('X-Forwarded-For', forwarded)
        .send({ email: 'nobody@example.com', password: 'wrong!harbour-9' });
    for (let index = 1; index <= 5; index += 1)
      await attempt(`203.0.113.${String(index)}, 2001:db8:1:1::${String(index)}`).expect(401);
    await attempt('203.0.113.9, 2001:db8:1:1::9').expect(429);
    await attempt('2001:db8:1:2::1').expect(401);
  });
});

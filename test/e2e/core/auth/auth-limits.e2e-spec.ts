import { type TestApp, api, createTestApp } from '../../../support/index.js';

const PASSWORD = 'walnut!harbour-9';

describe('limits of signing in', () => {
  let strict: TestApp;

  beforeAll(async () => {
    strict = await createTestApp({
      env: {
        APP_ENV: 'staging',
        CORS_ALLOWED_ORIGINS: 'https://app.example.com',
        CLAMAV_REQUIRED: 'false',
        DISABLE_RATE_LIMIT_FOR_TESTS: 'false',
      },
    });
  });
  afterAll(() => strict.close());

  const register = (name: string) =>
    strict.http
      .post(api('/auth/register'))
      .send({ username: name, email: `${name}@example.com`, password: PASSWORD });

  it('stops the fourth registration of an address within the hour', async () => {
    for (const name of ['first', 'second', 'third']) await register(name).expect(201);
    const refused = await register('fourth').expect(429);
    expect(refused.body.error.code).toBe('RATE_LIMIT_EXCEEDED');
    const retryAfterSeconds = Number(refused.headers['retry-after']);
    expect(retryAfterSeconds).toBeGreaterThan(3_500);
    expect(retryAfterSeconds).toBeLessThanOrEqual(3_600);
    expect(await strict.sql(`SELECT 1 FROM users WHERE username = 'fourth'`)).toEqual([]);
  });

  it('stops the sixth login of an address within the minute, right password or not', async () => {
    const login = (password: string) =>
      strict.http.post(api('/auth/login')).send({ email: 'first@example.com', password });
    for (let attempt = 0; attempt < 5; attempt += 1) await login('wrong!harbour-9').expect(401);
    const [before] = await strict.sql('SELECT count(*) FROM sessions');
    const refused = await login(PASSWORD).expect(429);
    expect(refused.body.error).toMatchObject({
      code: 'RATE_LIMIT_EXCEEDED',
      data: { retry_after: expect.any(Number) as number },
    });
    const retryAfterSeconds = Number(refused.headers['retry-after']);
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(await strict.sql('SELECT count(*) FROM sessions')).toEqual([before]);
  });

  it('stops the eleventh change of a profile within the minute, which could ask for mail addresses', async () => {
    const [user] = await strict.sql<{ id: string }>(`SELECT id FROM users WHERE username = 'first'`);
    const change = () =>
      strict.http.put(api(`/users/${user?.id ?? ''}`)).send({ email: 'second@example.com' });
    for (let attempt = 0; attempt < 10; attempt += 1) await change().expect(401);
    await change().expect(429);
  });

  it('does not let the caller choose an address of its own', async () => {
    const response = await strict.http
      .post(api('/auth/login'))
      .set('X-Forwarded-For', '203.0.113.7')
      .send({ email: 'first@example.com', password: PASSWORD });
    expect(response.status).toBe(429);
  });
});

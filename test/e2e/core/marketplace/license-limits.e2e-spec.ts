import { randomUUID } from 'node:crypto';
import { type Actor, api, createTestApp, newActor, type TestApp } from '../../../support/index.js';

describe('limits of licences and receipts', () => {
  let strict: TestApp;
  let buyer: Actor;

  beforeAll(async () => {
    strict = await createTestApp({
      env: {
        APP_ENV: 'staging',
        CORS_ALLOWED_ORIGINS: 'https://app.example.com',
        CLAMAV_REQUIRED: 'false',
        DISABLE_RATE_LIMIT_FOR_TESTS: 'false',
      },
    });
    buyer = await newActor(strict);
  });
  afterAll(() => strict.close());

  it('stop who tries out license numbers: 30 a minute from one address', async () => {
    const verify = () => strict.http.get(api('/licenses/verify/VZ-0000-0000-0000'));
    for (let attempt = 0; attempt < 30; attempt += 1) await verify().expect(404);
    expect((await verify().expect(429)).body.error.code).toBe('RATE_LIMIT_EXCEEDED');
  });

  it('stop who asks for certificates over and over: 30 a minute from one address', async () => {
    const ask = () =>
      strict.http.get(api(`/marketplace/licenses/${randomUUID()}/certificate`)).set(buyer.auth);
    for (let attempt = 0; attempt < 30; attempt += 1) await ask().expect(404);
    expect((await ask().expect(429)).body.error.code).toBe('RATE_LIMIT_EXCEEDED');
  });

  it('stop who asks for receipts over and over: 5 an hour from one address', async () => {
    const ask = () => strict.http.post(api(`/marketplace/orders/${randomUUID()}/receipt`)).set(buyer.auth);
    for (let attempt = 0; attempt < 5; attempt += 1) await ask().expect(404);
    expect((await ask().expect(429)).body.error.code).toBe('RATE_LIMIT_EXCEEDED');
    expect(
      await strict.sql(
        `SELECT 1 FROM outbox_events WHERE type = 'mail.requested' AND payload->>'template' = 'receipt'`,
      ),
    ).toEqual([]);
  });
});

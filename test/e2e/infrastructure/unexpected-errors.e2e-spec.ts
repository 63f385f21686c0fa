import { Logger } from '@nestjs/common';
import { type Actor, type TestApp, api, createTestApp, newActor } from '../../support/index.js';

interface Failure {
  error: { code: string; message: string; details: unknown[] };
  meta: { request_id: string };
}
/** A line of the log with an error; the request's own line has none. */
interface Logged {
  err?: Error;
  request_id: string;
}

describe('what nobody foresaw', () => {
  let test: TestApp;
  let user: Actor;
  const logged: Logged[] = [];

  beforeAll(async () => {
    test = await createTestApp({ env: { HANDLER_TIMEOUT: '300ms' } });
    user = await newActor(test);
    const ignore = (): void => undefined;
    const error = (entry: Logged): void => {
      if (entry.err !== undefined) logged.push(entry);
    };
    Logger.overrideLogger({ error, log: ignore, warn: ignore });
  });
  afterAll(() => test.close());

  describe('a table that is gone', () => {
    const get = () => test.http.get(api(`/users/${user.id}`));

    beforeAll(() => test.sql('ALTER TABLE users RENAME TO users_away'));
    beforeEach(() => (logged.length = 0));
    afterAll(() => test.sql('ALTER TABLE users_away RENAME TO users'));

    it('is 500 INTERNAL_ERROR with nothing but the id that the log has beside the cause', async () => {
      const { body, headers } = await get().expect(500);
      const { request_id } = (body as Failure).meta;
      expect(body).toEqual({
        success: false,
        error: { code: 'INTERNAL_ERROR', message: 'Something went wrong on our side', details: [] },
        meta: { timestamp: expect.any(String) as string, request_id },
      });
      expect(headers['x-request-id']).toBe(request_id);
      const entries = logged.filter((entry) => entry.request_id === request_id);
      expect(entries).toHaveLength(1);
      expect(entries[0]?.err?.message).toContain('relation "users" does not exist');
      expect(entries[0]?.err?.stack).toMatch(/\.repository\.ts:\d+/);
    });

    it('says no more to callers that ask for problem details', async () => {
      const { text } = await get().set('Accept', 'application/problem+json').expect(500);
      expect(JSON.parse(text)).toEqual({
        type: 'about:blank',
        title: 'Something went wrong on our side',
        status: 500,
        code: 'INTERNAL_ERROR',
        errors: [],
        request_id: logged[0]?.request_id,
      });
    });

    it('is logged once for each of many parallel requests, under its own id', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => get().expect(500)));
      const ids = answers.map(({ body }) => (body as Failure).meta.request_id);
      expect(new Set(ids).size).toBe(20);
      const known = logged.filter((entry) => ids.includes(entry.request_id)).map((entry) => entry.request_id);
      expect(known.sort()).toEqual([...ids].sort());
    });
  });

  it('is 503 HANDLER_TIMEOUT for a handler that never answers, and the next request is served', async () => {
    await test.sql('BEGIN');
    await test.sql('LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
    const { body } = await test.http.get(api(`/users/${user.id}`)).expect(503);
    expect((body as Failure).error).toEqual({
      code: 'HANDLER_TIMEOUT',
      message: 'The request took too long',
      details: [],
    });
    await test.sql('ROLLBACK');
    await test.http.get(api(`/users/${user.id}`)).expect(200);
  });
});

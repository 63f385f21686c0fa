import { randomUUID } from 'node:crypto';
import {
  type Actor,
  type TestApp,
  api,
  createTestApp,
  loginActor as loginWith,
  newActor,
  waitFor,
} from '../../../support/index.js';
import { payloadOf } from './forged-tokens.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

interface Pair {
  access_token: string;
  refresh_token: string;
  token_type: string;
  expires_in: number;
}

describe('sessions', () => {
  let test: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    test = await createTestApp();
    other = await createTestApp({ database: test.database });
  });
  afterEach(() => {
    test.clock.reset();
    other.clock.reset();
  });
  afterAll(async () => {
    await other.close();
    await test.close();
  });

  const send = (refreshToken: string, app = test) =>
    app.http.post(api('/auth/refresh')).send({ refresh_token: refreshToken });
  const refresh = async (refreshToken: string, app = test): Promise<Pair> => {
    const { body } = await send(refreshToken, app).expect(200);
    return body.data;
  };
  const expectRefused = async (refreshToken: string, code: string) => {
    const { body } = await send(refreshToken).expect(401);
    expect(body.error.code).toBe(code);
  };
  const me = (token: string, app = test) =>
    app.http.get(api('/auth/me')).set('Authorization', `Bearer ${token}`);
  const logout = (actor: Actor, body: object = {}) =>
    test.http.post(api('/auth/logout')).set(actor.auth).send(body);
  const loginActor = (app: TestApp, { email, password }: Actor) => loginWith(app, { email, password });
  const liveTokens = async (userId: string): Promise<number> => {
    const rows = await test.sql(
      'SELECT 1 FROM refresh_tokens WHERE user_id = $1 AND rotated_at IS NULL AND revoked_at IS NULL',
      [userId],
    );
    return rows.length;
  };

  describe('POST /auth/refresh', () => {
    it('exchanges a token for a new pair of the same session', async () => {
      const actor = await newActor(test);
      const pair = await refresh(actor.refreshToken);
      expect(Object.keys(pair).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type']);
      expect(pair).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
      expect(pair.refresh_token).not.toBe(actor.refreshToken);
      expect(payloadOf(pair.access_token)).toMatchObject({
        sub: actor.id,
        sid: payloadOf(actor.token).sid,
        typ: 'access',
      });
      await me(pair.access_token).expect(200);
      expect(await liveTokens(actor.id)).toBe(2);
    });

    it('goes on along the chain', async () => {
      let { refreshToken } = await newActor(test);
      for (let step = 0; step < 5; step += 1) {
        test.clock.advance(60 * SECOND_MS);
        refreshToken = (await refresh(refreshToken)).refresh_token;
      }
      await me((await refresh(refreshToken)).access_token).expect(200);
    });

    it('gives the newest token to who repeats a used one within ten seconds', async () => {
      const actor = await newActor(test);
      const first = await refresh(actor.refreshToken);
      expect((await refresh(actor.refreshToken)).refresh_token).toBe(first.refresh_token);
      const second = await refresh(first.refresh_token);
      test.clock.advance(9 * SECOND_MS);
      expect((await refresh(actor.refreshToken)).refresh_token).toBe(second.refresh_token);
      await refresh(second.refresh_token);
    });

    it('gives twenty parallel refreshes, half of them in another process, the same child', async () => {
      const actor = await newActor(test);
      const pairs = await Promise.all(
        Array.from({ length: 20 }, (_, index) => refresh(actor.refreshToken, index % 2 === 0 ? test : other)),
      );
      expect(new Set(pairs.map((pair) => pair.refresh_token)).size).toBe(1);
      const [parent] = actor.refreshToken.split('.');
      expect(await test.sql('SELECT 1 FROM refresh_tokens WHERE parent_id = $1', [parent])).toHaveLength(1);
      await Promise.all(pairs.map((pair) => me(pair.access_token).expect(200)));
    });

    it('ends the session, with every access token, when a token is used again after ten seconds', async () => {
      const actor = await newActor(test);
      const stolen = actor.refreshToken;
      const pair = await refresh(stolen);
      await me(actor.token).expect(200);
      await me(pair.access_token).expect(200);
      test.clock.advance(11 * SECOND_MS);
      await expectRefused(stolen, 'AUTH_TOKEN_REUSED');
      await me(actor.token).expect(401);
      await me(pair.access_token).expect(401);
      await expectRefused(pair.refresh_token, 'AUTH_TOKEN_INVALID');
      await expectRefused(stolen, 'AUTH_TOKEN_INVALID');
      const sid = payloadOf(actor.token).sid;
      expect(await test.sql('SELECT logout_reason FROM sessions WHERE id = $1', [sid])).toEqual([
        { logout_reason: 'security' },
      ]);
      expect(
        await test.sql('SELECT 1 FROM refresh_tokens WHERE session_id = $1 AND revoked_at IS NULL', [sid]),
      ).toEqual([]);
      const audited = await test.sql(
        `SELECT success FROM audit_logs WHERE action = 'auth.refresh_token_reused' AND resource_id = $1`,
        [sid],
      );
      expect(audited).toEqual([{ success: false }]);
    });

    it('leaves the other sessions of the user alone then', async () => {
      const actor = await newActor(test);
      const laptop = await loginActor(test, actor);
      await refresh(actor.refreshToken);
      test.clock.advance(11 * SECOND_MS);
      await expectRefused(actor.refreshToken, 'AUTH_TOKEN_REUSED');
      await me(laptop.token).expect(200);
      await refresh(laptop.refreshToken);
    });

    it('lets a token live seven days from each refresh and a session thirty in all', async () => {
      const actor = await newActor(test);
      test.clock.advance(7 * DAY_MS + SECOND_MS);
      await expectRefused(actor.refreshToken, 'AUTH_TOKEN_EXPIRED');
      test.clock.reset();
      let { refreshToken } = actor;
      for (let day = 6; day < 30; day += 6) {
        test.clock.advance(6 * DAY_MS);
        refreshToken = (await refresh(refreshToken)).refresh_token;
      }
      test.clock.advance(6 * DAY_MS + SECOND_MS);
      await expectRefused(refreshToken, 'AUTH_TOKEN_EXPIRED');
    });

    it('lets a remembered session rest for thirty days', async () => {
      const actor = await newActor(test);
      const { body } = await test.http
        .post(api('/auth/login'))
        .send({ email: actor.email, password: actor.password, remember_me: true })
        .expect(200);
      test.clock.advance(29 * DAY_MS);
      const pair = await refresh(body.data.refresh_token);
      test.clock.advance(2 * DAY_MS);
      await expectRefused(pair.refresh_token, 'AUTH_TOKEN_EXPIRED');
    });

    it('refuses a wrong secret without ending the session', async () => {
      const actor = await newActor(test);
      const [id] = actor.refreshToken.split('.');
      await expectRefused(`${id}.${'A'.repeat(43)}`, 'AUTH_TOKEN_INVALID');
      await refresh(actor.refreshToken);
    });

    it.each([
      ['an unknown token', `${randomUUID()}.${'A'.repeat(43)}`],
      ['something that is no token', 'nonsense'],
    ])('refuses %s', async (_what, token) => {
      await expectRefused(token, 'AUTH_TOKEN_INVALID');
    });

    it.each([
      ['no token', {}],
      ['an empty one', { refresh_token: '' }],
      ['a huge one', { refresh_token: 'a'.repeat(256) }],
      ['another type', { refresh_token: 7 }],
      ['an unknown property', { refresh_token: 'a', user_id: 1 }],
    ])('answers 400 for %s', async (_what, body) => {
      const response = await test.http.post(api('/auth/refresh')).send(body).expect(400);
      expect(response.body.error.code).toBe('VALIDATION_ERROR');
    });

    it('refuses the token of a suspended account and serves it again afterwards', async () => {
      const actor = await newActor(test);
      await test.sql(`UPDATE users SET status = 'suspended' WHERE id = $1`, [actor.id]);
      await expectRefused(actor.refreshToken, 'AUTH_TOKEN_INVALID');
      await test.sql(`UPDATE users SET status = 'active' WHERE id = $1`, [actor.id]);
      await refresh(actor.refreshToken);
    });

    it('puts the present role, name and version into the new access token', async () => {
      const actor = await newActor(test);
      await test.sql(`UPDATE users SET role = 'label', username = $2, token_version = 4 WHERE id = $1`, [
        actor.id,
        `x${actor.username}`,
      ]);
      const pair = await refresh(actor.refreshToken);
      expect(payloadOf(pair.access_token)).toMatchObject({
        role: 'label',
        username: `x${actor.username}`,
        token_version: 4,
      });
      await me(pair.access_token).expect(200);
    });
  });

  describe('POST /auth/logout', () => {
    it('ends the session at once, and nothing else', async () => {
      const actor = await newActor(test);
      const laptop = await loginActor(test, actor);
      await me(actor.token).expect(200);
      const { body } = await logout(actor).expect(200);
      expect(body.data).toBeNull();
      await me(actor.token).expect(401);
      await expectRefused(actor.refreshToken, 'AUTH_TOKEN_INVALID');
      await me(laptop.token).expect(200);
      await refresh(laptop.refreshToken);
      const rows = await test.sql(
        `SELECT user_id, details FROM audit_logs WHERE action = 'auth.logged_out' AND resource_id = $1`,
        [actor.id],
      );
      expect(rows).toEqual([{ user_id: actor.id, details: { all_devices: false, sessions: 1 } }]);
    });

    it('needs no body', async () => {
      const actor = await newActor(test);
      await test.http.post(api('/auth/logout')).set(actor.auth).expect(200);
      await me(actor.token).expect(401);
    });

    it('ends the session of the given refresh token as well', async () => {
      const actor = await newActor(test);
      const laptop = await loginActor(test, actor);
      await logout(actor, { refresh_token: laptop.refreshToken }).expect(200);
      await me(laptop.token).expect(401);
      await expectRefused(laptop.refreshToken, 'AUTH_TOKEN_INVALID');
    });

    it("leaves a stranger's session alone and does not tell", async () => {
      const actor = await newActor(test);
      const stranger = await newActor(test);
      await logout(actor, { refresh_token: stranger.refreshToken }).expect(200);
      await me(stranger.token).expect(200);
      await refresh(stranger.refreshToken);
    });

    it('ends every session with all_devices, those of tokens already refreshed too', async () => {
      const actor = await newActor(test);
      const laptop = await loginActor(test, actor);
      const pair = await refresh(laptop.refreshToken);
      await me(pair.access_token).expect(200);
      await logout(actor, { all_devices: true }).expect(200);
      for (const token of [actor.token, laptop.token, pair.access_token]) await me(token).expect(401);
      for (const token of [actor.refreshToken, pair.refresh_token]) {
        await expectRefused(token, 'AUTH_TOKEN_INVALID');
      }
      const [user] = await test.sql<{ token_version: number }>(
        'SELECT token_version FROM users WHERE id = $1',
        [actor.id],
      );
      expect(user!.token_version).toBe(2);
      const again = await loginActor(test, actor);
      await me(again.token).expect(200);
    });

    it.each([
      ['a flag that is none', { all_devices: 'yes' }],
      ['an unknown property', { everything: true }],
      ['an empty token', { refresh_token: '' }],
    ])('refuses %s and ends nothing', async (_what, body) => {
      const actor = await newActor(test);
      const response = await logout(actor, body).expect(400);
      expect(response.body.error.code).toBe('VALIDATION_ERROR');
      await me(actor.token).expect(200);
    });

    it('refuses strangers', async () => {
      const response = await test.http.post(api('/auth/logout')).send({}).expect(401);
      expect(response.body.error.code).toBe('AUTH_TOKEN_INVALID');
    });
  });

  describe('two processes', () => {
    const reaches = (token: string, status: number) =>
      waitFor(async () => (await me(token, other)).status === status, {
        timeoutMs: 2_000,
        what: `${status} in the other process`,
      });

    it('carries a logout to the other process within two seconds', async () => {
      const actor = await newActor(test);
      await me(actor.token, other).expect(200);
      await logout(actor).expect(200);
      await reaches(actor.token, 401);
    });

    it('carries the end of a stolen session to the other process within two seconds', async () => {
      const actor = await newActor(test);
      await me(actor.token, other).expect(200);
      await refresh(actor.refreshToken);
      test.clock.advance(11 * SECOND_MS);
      await expectRefused(actor.refreshToken, 'AUTH_TOKEN_REUSED');
      await reaches(actor.token, 401);
    });

    it('carries all_devices to the other process within two seconds', async () => {
      const actor = await newActor(test);
      const laptop = await loginActor(test, actor);
      await me(laptop.token, other).expect(200);
      await logout(actor, { all_devices: true }).expect(200);
      await reaches(laptop.token, 401);
    });

    it('forgets after two seconds what no notification told it', async () => {
      const actor = await newActor(test);
      await me(actor.token, other).expect(200);
      await test.sql(`UPDATE users SET status = 'banned' WHERE id = $1`, [actor.id]);
      await waitFor(async () => (await me(actor.token, other)).status === 401, {
        timeoutMs: 2_500,
        what: 'the end of the kept state',
      });
    });

    it('goes on listening after its connection was lost', async () => {
      const actor = await newActor(test);
      const listeners = `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'veza-listener'`;
      const before = (await test.sql<{ pid: number }>(listeners)).map((row) => row.pid);
      await test.sql(`SELECT pg_terminate_backend(pid) FROM (${listeners}) AS lost`);
      await waitFor(async () => {
        const now = (await test.sql<{ pid: number }>(listeners)).map((row) => row.pid);
        return now.length === before.length && now.every((pid) => !before.includes(pid));
      });
      await me(actor.token, other).expect(200);
      await logout(actor).expect(200);
      await reaches(actor.token, 401);
    });
  });

  it('counts the live sessions for the metrics', async () => {
    const live = async (): Promise<number> => {
      const { text } = await test.http.get('/metrics').expect(200);
      return Number(/^veza_auth_sessions_active (\d+)$/m.exec(text)?.[1]);
    };
    const before = await live();
    const actor = await newActor(test);
    expect(await live()).toBe(before + 2);
    await logout(actor, { all_devices: true }).expect(200);
    expect(await live()).toBe(before);
  });

  it('keeps address and agent of a session', async () => {
    const actor = await newActor(test);
    const { body } = await test.http
      .post(api('/auth/login'))
      .set('User-Agent', 'x'.repeat(600))
      .send({ email: actor.email, password: actor.password })
      .expect(200);
    const sid = payloadOf(body.data.access_token).sid;
    const [session] = await test.sql<{ ip: string; agent: string }>(
      'SELECT host(ip_address) AS ip, user_agent AS agent FROM sessions WHERE id = $1',
      [sid],
    );
    expect(session!.ip).toMatch(/127\.0\.0\.1$/);
    expect(session!.agent).toBe('x'.repeat(512));
  });
});

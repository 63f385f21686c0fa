import { randomUUID } from 'node:crypto';
import {
  type Actor,
  TEST_INTERNAL_KEY,
  TEST_JWT_SECRET,
  type TestApp,
  api,
  createTestApp,
  newActor,
  waitFor,
} from '../../../support/index.js';
import { forge, isSignedWith, payloadOf, unsigned } from './forged-tokens.js';

const PREVIOUS_SECRET = 'a-secret-of-last-year-0123456789abcdef';

describe('access tokens', () => {
  let test: TestApp;
  let nova: Actor;
  let claims: Record<string, unknown>;

  beforeAll(async () => {
    test = await createTestApp({ env: { JWT_PREVIOUS_SECRETS: PREVIOUS_SECRET } });
    nova = await newActor(test);
    claims = payloadOf(nova.token);
  });
  afterAll(() => test.close());

  const me = (token: string) => test.http.get(api('/auth/me')).set('Authorization', `Bearer ${token}`);
  const expectRefused = async (token: string, code = 'AUTH_TOKEN_INVALID') => {
    const response = await me(token).expect(401);
    expect(response.body.error.code).toBe(code);
    expect(response.body.data).toBeUndefined();
  };
  const signed = (change: object, secret = TEST_JWT_SECRET) => forge({ ...claims, ...change }, { secret });

  it('accepts a token that it could have issued', async () => {
    await me(signed({})).expect(200);
  });

  it('accepts what a previous secret signed, and issues nothing with it', async () => {
    await me(signed({}, PREVIOUS_SECRET)).expect(200);
    const other = await newActor(test);
    expect(isSignedWith(TEST_JWT_SECRET, other.token)).toBe(true);
    expect(isSignedWith(PREVIOUS_SECRET, other.token)).toBe(false);
  });

  it('refuses a token without signature', async () => {
    await expectRefused(unsigned(claims));
    await expectRefused(`${nova.token.split('.').slice(0, 2).join('.')}.`);
  });

  it('refuses another secret', async () => {
    await expectRefused(signed({}, 'another-secret-0123456789abcdef0123456789'));
  });

  it('refuses another algorithm although the secret is right', async () => {
    const header = { alg: 'HS512', typ: 'JWT' };
    await expectRefused(forge(claims, { secret: TEST_JWT_SECRET, header, hash: 'sha512' }));
    const halfway = { alg: 'RS256', typ: 'JWT' };
    await expectRefused(forge(claims, { secret: TEST_JWT_SECRET, header: halfway }));
  });

  it.each([
    ['another issuer', { iss: 'somebody-else' }],
    ['another audience', { aud: 'veza-chat' }],
    ['another type', { typ: 'refresh' }],
    ['no type', { typ: undefined }],
    ['another session', { sid: randomUUID() }],
    ['no session', { sid: undefined }],
    ['a broken session', { sid: `' OR 1=1` }],
    ['another user', { sub: randomUUID() }],
    ['an older version', { token_version: 0 }],
    ['a newer version', { token_version: 2 }],
    ['a version that is no number', { token_version: '1' }],
    ['no expiry', { exp: undefined }],
  ])('refuses a well-signed token with %s', async (_what, change) => {
    await expectRefused(signed(change));
  });

  it("refuses one user's session under another user's name", async () => {
    const other = await newActor(test);
    await expectRefused(signed({ sub: other.id }));
  });

  it('does not believe the role in a token', async () => {
    const response = await test.http
      .get(api('/admin/audit/logs'))
      .set('Authorization', `Bearer ${signed({ role: 'admin' })}`)
      .expect(403);
    expect(response.body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
  });

  it('refuses an expired token and says so', async () => {
    await expectRefused(signed({ exp: Math.floor(Date.now() / 1000) - 1 }), 'AUTH_TOKEN_EXPIRED');
  });

  it('lets a token expire after its hour', async () => {
    const actor = await newActor(test);
    test.clock.advance(3_599_000);
    await me(actor.token).expect(200);
    test.clock.advance(2_000);
    await expectRefused(actor.token, 'AUTH_TOKEN_EXPIRED');
    test.clock.reset();
  });

  it('refuses a refresh token as bearer, and an access token for refreshing', async () => {
    await expectRefused(nova.refreshToken);
    const response = await test.http
      .post(api('/auth/refresh'))
      .send({ refresh_token: nova.token.slice(0, 255) })
      .expect(401);
    expect(response.body.error.code).toBe('AUTH_TOKEN_INVALID');
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'Bearer a.b.c', 'Bearer null'])(
    'refuses the header %j',
    async (header) => {
      const response = await test.http.get(api('/auth/me')).set('Authorization', header).expect(401);
      expect(response.body.error.code).toBe('AUTH_TOKEN_INVALID');
    },
  );

  it('takes no token from the query or a cookie', async () => {
    await test.http.get(api(`/auth/me?access_token=${nova.token}&token=${nova.token}`)).expect(401);
    await test.http.get(api('/auth/me')).set('Cookie', `access_token=${nova.token}`).expect(401);
  });

  it('ignores a token on public routes and demands a valid one where it is optional', async () => {
    await test.http
      .get(api(`/users/${nova.id}`))
      .set('Authorization', 'Bearer nonsense')
      .expect(200);
    await test.http.get(api('/tracks')).expect(200);
    await test.http.get(api('/tracks')).set(nova.auth).expect(200);
    const response = await test.http.get(api('/tracks')).set('Authorization', 'Bearer nonsense').expect(401);
    expect(response.body.error.code).toBe('AUTH_TOKEN_INVALID');
  });

  it.each(['suspended', 'banned', 'inactive'])('dies when its account is %s', async (status) => {
    const actor = await newActor(test);
    await me(actor.token).expect(200);
    await test.sql('UPDATE users SET status = $2 WHERE id = $1', [actor.id, status]);
    await test.sql(`SELECT pg_notify('account_changed', $1)`, [actor.id]);
    await eventually(async () => expectRefused(actor.token));
  });

  it('dies when the version of its account rises', async () => {
    const actor = await newActor(test);
    await me(actor.token).expect(200);
    await test.sql('UPDATE users SET token_version = 2 WHERE id = $1', [actor.id]);
    await test.sql(`SELECT pg_notify('account_changed', $1)`, [actor.id]);
    await eventually(async () => expectRefused(actor.token));
  });

  it('takes a token of a newer version at once, whatever was kept of the session', async () => {
    const actor = await newActor(test);
    await me(actor.token).expect(200);
    await test.sql('UPDATE users SET token_version = 2 WHERE id = $1', [actor.id]);
    const newer = forge({ ...payloadOf(actor.token), token_version: 2 }, { secret: TEST_JWT_SECRET });
    await me(newer).expect(200);
  });

  describe('the internal key', () => {
    const callback = (headers: Record<string, string>) =>
      test.http
        .post(api(`/internal/tracks/${randomUUID()}/stream-ready`))
        .set(headers)
        .send({});

    it.each([
      ['no key', {}],
      ['a wrong key', { 'X-Internal-API-Key': 'wrong' }],
      ['a longer key', { 'X-Internal-API-Key': `${TEST_INTERNAL_KEY}x` }],
      ['a wrong bearer', { Authorization: 'Bearer wrong' }],
    ])('refuses %s', async (_what, headers) => {
      const response = await callback(headers as Record<string, string>).expect(401);
      expect(response.body.error.code).toBe('AUTH_INTERNAL_KEY_INVALID');
    });

    it('refuses an access token, even of an administrator', async () => {
      const admin = await newActor(test, { role: 'admin' });
      await callback(admin.auth).expect(401);
    });

    it.each([
      ['X-Internal-API-Key', TEST_INTERNAL_KEY],
      ['Authorization', `Bearer ${TEST_INTERNAL_KEY}`],
    ])('lets the right key in by %s', async (header, value) => {
      const response = await callback({ [header]: value });
      expect([400, 404]).toContain(response.status);
    });
  });
});

async function eventually(check: () => Promise<void>): Promise<void> {
  await waitFor(
    async () => {
      await check();
      return true;
    },
    { timeoutMs: 2_000, what: 'the revocation' },
  );
}

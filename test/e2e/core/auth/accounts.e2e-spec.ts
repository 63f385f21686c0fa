import { type TestApp, api, createTestApp, newActor } from '../../../support/index.js';

const PASSWORD = 'walnut!harbour-9';

describe('accounts', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await createTestApp();
  });
  afterAll(() => test.close());

  const count = async (table: string): Promise<number> => {
    const [row] = await test.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return row!.n;
  };
  const register = (body: object) => test.http.post(api('/auth/register')).send(body);
  const login = (body: object) => test.http.post(api('/auth/login')).send(body);
  const audited = (action: string, userId: string | null) =>
    test.sql<{ success: boolean; details: object }>(
      `SELECT success, details FROM audit_logs
        WHERE action = $1 AND resource_id IS NOT DISTINCT FROM $2 ORDER BY created_at`,
      [action, userId],
    );
  const metric = async (line: string): Promise<number> => {
    const { text } = await test.http.get('/metrics').expect(200);
    const found = text.split('\n').find((row) => row.startsWith(line));
    return found === undefined ? 0 : Number(found.slice(found.lastIndexOf(' ')));
  };

  describe('POST /auth/register', () => {
    it('creates an active, unverified user and signs in', async () => {
      const registeredBefore = await metric('veza_users_registered_total');
      const response = await register({
        username: ' Nova1 ',
        email: ' Nova1@Example.COM ',
        password: PASSWORD,
        first_name: 'Ada',
      }).expect(201);
      const { data } = response.body;
      expect(data).toMatchObject({
        user_id: data.user.id,
        username: 'Nova1',
        email: 'nova1@example.com',
        token_type: 'Bearer',
        expires_in: 3600,
        user: { role: 'user', is_active: true, is_verified: false, first_name: 'Ada', last_name: null },
      });
      expect(JSON.stringify(data)).not.toContain('argon2');
      await test.http.get(api('/auth/me')).auth(data.access_token, { type: 'bearer' }).expect(200);
      expect(await audited('auth.registered', data.user_id)).toHaveLength(1);
      expect(await metric('veza_users_registered_total')).toBe(registeredBefore + 1);
    });

    it('stores an argon2id hash and no token in clear', async () => {
      const { body } = await register({
        username: 'hashed',
        email: 'hashed@example.com',
        password: PASSWORD,
      });
      const [user] = await test.sql<{ password_hash: string }>(
        `SELECT password_hash FROM users WHERE username = 'hashed'`,
      );
      expect(user!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      const rows = await test.sql('SELECT * FROM refresh_tokens WHERE user_id = $1', [body.data.user_id]);
      const [, secret] = body.data.refresh_token.split('.');
      expect(rows).toHaveLength(1);
      expect(JSON.stringify(rows)).not.toContain(secret);
      expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
    });

    it.each([
      ['a short name', { username: 'ab' }, 'username'],
      ['a long name', { username: 'a'.repeat(51) }, 'username'],
      ['a name with an underscore', { username: 'no_va' }, 'username'],
      ['a name that is no text', { username: { $ne: null } }, 'username'],
      ['a broken address', { email: 'nobody' }, 'email'],
      ['an address over 255 characters', { email: `${'a'.repeat(250)}@example.com` }, 'email'],
      ['a short password', { password: 'a!b2c3d' }, 'password'],
      ['a password without a special character', { password: 'walnutharbour9' }, 'password'],
      ['a password over 128 characters', { password: `!${'a'.repeat(128)}` }, 'password'],
      ['a role', { role: 'admin' }, 'role'],
      ['a flag', { is_verified: true }, 'is_verified'],
    ])('refuses %s', async (_what, change, field) => {
      const before = await count('users');
      const response = await register({
        username: 'candidate',
        email: 'candidate@example.com',
        password: PASSWORD,
        ...change,
      }).expect(400);
      expect(response.body.error.code).toBe('VALIDATION_ERROR');
      expect(response.body.error.details[0].field).toBe(field);
      expect(await count('users')).toBe(before);
    });

    it.each(['Password1!', 'iloveyou!', 'candidate!9x', 'my!mailbox-7'])(
      'refuses the guessable password %j',
      async (password) => {
        const before = await count('users');
        const response = await register({
          username: 'candidate',
          email: 'mailbox@example.com',
          password,
        }).expect(400);
        expect(response.body.error).toMatchObject({
          code: 'WEAK_PASSWORD',
          details: [{ field: 'password' }],
        });
        expect(await count('users')).toBe(before);
      },
    );

    it('refuses a taken name and a taken address, whatever the case', async () => {
      await register({ username: 'taken', email: 'taken@example.com', password: PASSWORD }).expect(201);
      const before = await count('users');
      const name = await register({ username: 'TAKEN', email: 'free@example.com', password: PASSWORD });
      expect(name.status).toBe(409);
      expect(name.body.error).toMatchObject({ code: 'USERNAME_TAKEN', message: 'username already exists' });
      const mail = await register({ username: 'free', email: 'Taken@Example.com', password: PASSWORD });
      expect(mail.status).toBe(409);
      expect(mail.body.error).toMatchObject({ code: 'EMAIL_TAKEN', message: 'email already exists' });
      expect(await count('users')).toBe(before);
    });

    it("keeps a deleted user's name taken", async () => {
      await register({ username: 'ghost', email: 'ghost@example.com', password: PASSWORD }).expect(201);
      await test.sql(`UPDATE users SET status = 'deleted', deleted_at = now() WHERE username = 'ghost'`);
      const response = await register({ username: 'Ghost', email: 'g2@example.com', password: PASSWORD });
      expect(response.status).toBe(409);
      const check = await test.http.get(api('/auth/check-username?username=ghost')).expect(200);
      expect(check.body.data).toEqual({ available: false });
    });

    it('gives a name to one of fifty who ask at once, and nobody a 500', async () => {
      const sessionsBefore = await count('sessions');
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          register({ username: 'contested', email: `contested${index}@example.com`, password: PASSWORD }),
        ),
      );
      const statuses = answers.map((answer) => answer.status);
      expect(statuses.filter((status) => status === 201)).toHaveLength(1);
      expect(statuses.filter((status) => status === 409)).toHaveLength(49);
      expect(await test.sql(`SELECT 1 FROM users WHERE lower(username) = 'contested'`)).toHaveLength(1);
      expect(await count('sessions')).toBe(sessionsBefore + 1);
    });
  });

  describe('POST /auth/login', () => {
    const credentials = { email: 'login@example.com', password: PASSWORD };
    let userId: string;

    beforeAll(async () => {
      const { body } = await register({ username: 'loginuser', ...credentials }).expect(201);
      userId = body.data.user_id;
    });

    it('answers a pair of tokens and the user', async () => {
      const successesBefore = await metric(
        'veza_auth_login_attempts_total{operation="login",status="success"}',
      );
      const { body } = await login({ email: ' LOGIN@example.com', password: PASSWORD }).expect(200);
      expect(Object.keys(body.data).sort()).toEqual(
        ['access_token', 'expires_in', 'refresh_token', 'token_type', 'user'].sort(),
      );
      expect(body.data.user).toMatchObject({ id: userId, email: 'login@example.com' });
      expect(body.data.user.last_login_at).toMatch(/^\d{4}-\d\d-\d\dT/);
      expect(await audited('auth.logged_in', userId)).toHaveLength(1);
      expect(await metric('veza_auth_login_attempts_total{operation="login",status="success"}')).toBe(
        successesBefore + 1,
      );
    });

    it('writes the claims of S0 with session, type and name', async () => {
      const { body } = await login(credentials).expect(200);
      const [header, payload] = body.data.access_token
        .split('.')
        .slice(0, 2)
        .map((part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()));
      expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
      expect(Object.keys(payload).sort()).toEqual(
        ['aud', 'exp', 'iat', 'iss', 'jti', 'role', 'sid', 'sub', 'token_version', 'typ', 'username'].sort(),
      );
      expect(payload).toMatchObject({
        sub: userId,
        iss: 'veza-api',
        aud: 'veza-app',
        typ: 'access',
        token_version: 1,
        role: 'user',
        username: 'loginuser',
      });
      expect(payload.exp - payload.iat).toBe(body.data.expires_in);
    });

    it('keeps the other sessions of the user', async () => {
      const first = await login(credentials).expect(200);
      await login(credentials).expect(200);
      await test.http.get(api('/auth/me')).auth(first.body.data.access_token, { type: 'bearer' }).expect(200);
    });

    it('gives a remembered session thirty days and others seven at a time', async () => {
      const lifeInDays = async (refreshToken: string): Promise<number> => {
        const [row] = await test.sql<{ days: number }>(
          `SELECT round(extract(epoch FROM expires_at - created_at) / 86400)::int AS days
             FROM refresh_tokens WHERE id = $1`,
          [refreshToken.split('.')[0]],
        );
        return row!.days;
      };
      const short = await login(credentials);
      const long = await login({ ...credentials, remember_me: true });
      expect(await lifeInDays(short.body.data.refresh_token)).toBe(7);
      expect(await lifeInDays(long.body.data.refresh_token)).toBe(30);
    });

    it('answers an unknown address and a wrong password alike, and opens no session', async () => {
      const before = await count('sessions');
      const unknown = await login({ email: 'nobody@example.com', password: PASSWORD }).expect(401);
      const wrong = await login({ ...credentials, password: 'wrong!harbour-9' }).expect(401);
      expect(unknown.body.error).toEqual(wrong.body.error);
      expect(wrong.body.error).toEqual({
        code: 'AUTH_INVALID_CREDENTIALS',
        message: 'invalid credentials',
        details: [],
      });
      expect(await count('sessions')).toBe(before);
    });

    it('audits and counts failures without what was typed', async () => {
      const failuresBefore = await metric(
        'veza_auth_login_attempts_total{operation="login",status="failure"}',
      );
      await login({ email: 'secret-typed-here@example.com', password: 'typed!secret' }).expect(401);
      const entries = await audited('auth.login_failed', null);
      expect(entries.at(-1)).toMatchObject({ success: false });
      expect(JSON.stringify(entries)).not.toContain('typed');
      expect(await metric('veza_auth_login_attempts_total{operation="login",status="failure"}')).toBe(
        failuresBefore + 1,
      );
    });

    it.each([
      ['suspended', `status = 'suspended'`],
      ['banned', `status = 'banned'`],
      ['locked for a while', `locked_until = now() + interval '1 hour'`],
    ])('tells only who knows the password that an account is %s', async (_what, change) => {
      const actor = await newActor(test);
      await test.sql(`UPDATE users SET ${change} WHERE id = $1`, [actor.id]);
      const sessions = await count('sessions');
      const right = await login({ email: actor.email, password: actor.password }).expect(423);
      expect(right.body.error.code).toBe('AUTH_ACCOUNT_LOCKED');
      const wrong = await login({ email: actor.email, password: 'wrong!harbour-9' }).expect(401);
      expect(wrong.body.error.code).toBe('AUTH_INVALID_CREDENTIALS');
      expect(await count('sessions')).toBe(sessions);
    });

    it('knows nothing of a deleted account', async () => {
      const actor = await newActor(test);
      await test.sql(`UPDATE users SET status = 'deleted', deleted_at = now() WHERE id = $1`, [actor.id]);
      const response = await login({ email: actor.email, password: actor.password }).expect(401);
      expect(response.body.error.code).toBe('AUTH_INVALID_CREDENTIALS');
    });

    it.each([
      ['no password', { email: 'login@example.com' }],
      ['a password that is no text', { email: 'login@example.com', password: { $gt: '' } }],
      ['a huge password', { email: 'login@example.com', password: '!'.repeat(129) }],
      ['an unknown property', { email: 'login@example.com', password: PASSWORD, admin: true }],
    ])('refuses %s', async (_what, body) => {
      const before = await count('sessions');
      const response = await login(body).expect(400);
      expect(response.body.error.code).toBe('VALIDATION_ERROR');
      expect(await count('sessions')).toBe(before);
    });
  });

  describe('GET /auth/check-username', () => {
    const check = (query: string) => test.http.get(api(`/auth/check-username${query}`));

    it('tells whether a name is free, whatever the case', async () => {
      await register({ username: 'checked', email: 'checked@example.com', password: PASSWORD }).expect(201);
      expect((await check('?username=cHeCkEd').expect(200)).body.data).toEqual({ available: false });
      expect((await check('?username=unchecked').expect(200)).body.data).toEqual({ available: true });
    });

    it.each(['', '?username=ab', '?username=a_b_c', '?username=valid&extra=1', '?username[]=abc'])(
      'refuses %j',
      async (query) => {
        const response = await check(query).expect(400);
        expect(response.body.error.code).toBe('VALIDATION_ERROR');
      },
    );
  });

  describe('GET /auth/me', () => {
    it('shows the own profile with the address and without secrets', async () => {
      const actor = await newActor(test, { role: 'creator' });
      const { body } = await test.http.get(api('/auth/me')).set(actor.auth).expect(200);
      expect(body.data).toMatchObject({ id: actor.id, email: actor.email, role: 'creator' });
      const keys = Object.keys(body.data).join();
      expect(keys).not.toMatch(/password|hash|token|login_attempts|locked/);
    });

    it('refuses strangers', async () => {
      const response = await test.http.get(api('/auth/me')).expect(401);
      expect(response.body.error.code).toBe('AUTH_TOKEN_INVALID');
      expect(response.headers['www-authenticate']).toBe('Bearer');
    });
  });
});

import { randomUUID } from 'node:crypto';
import { type Actor, type TestApp, api, createTestApp, newActor, waitFor } from '../../../support/index.js';
import { synthesizeMp3 } from '../../../support/audio-fixtures.js';

const PUBLIC_FIELDS = [
  'avatar',
  'bio',
  'created_at',
  'display_name',
  'first_name',
  'id',
  'last_name',
  'location',
  'skills',
  'social_links',
  'username',
  'website',
];

describe('users', () => {
  let test: TestApp;
  let other: TestApp;
  let nova: Actor;
  let stranger: Actor;
  let admin: Actor;

  beforeAll(async () => {
    test = await createTestApp();
    other = await createTestApp({ database: test.database });
    nova = await newActor(test, { username: 'Nova' });
    stranger = await newActor(test);
    admin = await newActor(test, { role: 'admin' });
  });
  afterAll(async () => {
    await other.close();
    await test.close();
  });

  const codeOf = (response: { body: { error: { code: string } } }): string => response.body.error.code;
  const rowOf = async (id: string) => (await test.sql('SELECT * FROM users WHERE id = $1', [id]))[0];
  const update = (id: string, body: object, actor?: Actor) => {
    const request = test.http.put(api(`/users/${id}`));
    if (actor !== undefined) void request.set(actor.auth);
    return request.send(body);
  };
  const leave = async (status: string): Promise<Actor> => {
    const actor = await newActor(test);
    const deletedAt = status === 'deleted' ? 'now()' : 'NULL';
    await test.sql(`UPDATE users SET status = $2, deleted_at = ${deletedAt} WHERE id = $1`, [
      actor.id,
      status,
    ]);
    return actor;
  };

  describe('public profiles', () => {
    it.each([
      ['id', () => `/users/${nova.id}`],
      ['name', () => '/users/by-username/Nova'],
      ['name in another case', () => '/users/by-username/nOVA'],
    ])('are found by %s, and show only what is public', async (_what, path) => {
      const { body } = await test.http.get(api(path())).expect(200);
      expect(Object.keys(body.data).sort()).toEqual(PUBLIC_FIELDS);
      expect(body.data).toMatchObject({ id: nova.id, username: 'Nova' });
      expect(JSON.stringify(body.data)).not.toContain(nova.email);
    });

    it('show a signed-in stranger and the owner no more', async () => {
      for (const actor of [stranger, nova, admin]) {
        const { body } = await test.http
          .get(api(`/users/${nova.id}`))
          .set(actor.auth)
          .expect(200);
        expect(Object.keys(body.data).sort()).toEqual(PUBLIC_FIELDS);
      }
    });

    it('answer 404 for an unknown id and an unknown name', async () => {
      expect(codeOf(await test.http.get(api(`/users/${randomUUID()}`)).expect(404))).toBe('USER_NOT_FOUND');
      expect(codeOf(await test.http.get(api('/users/by-username/nobody')).expect(404))).toBe(
        'USER_NOT_FOUND',
      );
    });

    it('answer 400 for an id that is no UUID', async () => {
      expect(codeOf(await test.http.get(api('/users/42')).expect(400))).toBe('VALIDATION_ERROR');
    });

    it.each(["' OR 1=1 --", 'a%25', '%00', 'x'.repeat(300)])('answer %j without a 500', async (name) => {
      const response = await test.http.get(api(`/users/by-username/${encodeURIComponent(name)}`));
      expect([400, 404]).toContain(response.status);
    });

    it.each(['inactive', 'suspended', 'banned', 'deleted'])('hide a user who is %s', async (status) => {
      const actor = await leave(status);
      await test.http.get(api(`/users/${actor.id}`)).expect(404);
      await test.http.get(api(`/users/by-username/${actor.username}`)).expect(404);
    });
  });

  describe('PUT /users/:id', () => {
    it('changes what was sent and leaves the rest', async () => {
      const actor = await newActor(test);
      const profile = {
        display_name: ' Nova Sky ',
        first_name: 'Ada',
        last_name: 'Byron',
        bio: 'Drums & bass <3',
        avatar: 'https://cdn.example.com/a.png',
        location: 'Lyon',
        website: 'https://example.com',
        timezone: 'Europe/Paris',
        language: 'fr',
        social_links: { instagram: 'nova.sky' },
        skills: ['mixing', 'drums'],
        preferences: { theme: 'dark' },
      };
      const { body } = await update(actor.id, profile, actor).expect(200);
      expect(body.data).toMatchObject({ ...profile, display_name: 'Nova Sky', email: actor.email });
      const second = await update(actor.id, { bio: null }, actor).expect(200);
      expect(second.body.data).toMatchObject({ bio: null, location: 'Lyon', skills: ['mixing', 'drums'] });
      const seen = await test.http.get(api(`/users/${actor.id}`)).expect(200);
      expect(seen.body.data).toMatchObject({ display_name: 'Nova Sky', website: 'https://example.com' });
    });

    it('changes name and address, the new address being unverified, and audits the fields', async () => {
      const actor = await newActor(test);
      await test.sql('UPDATE users SET is_verified = true WHERE id = $1', [actor.id]);
      const name = `${actor.username}x`;
      const same = await update(actor.id, { email: actor.email }, actor).expect(200);
      expect(same.body.data.is_verified).toBe(true);
      const { body } = await update(
        actor.id,
        { username: name, email: ` ${name}@Example.com` },
        actor,
      ).expect(200);
      expect(body.data).toMatchObject({
        username: name,
        email: `${name}@example.com`,
        is_verified: false,
      });
      await test.http
        .post(api('/auth/login'))
        .send({ email: body.data.email, password: actor.password })
        .expect(200);
      const audited = await test.sql(
        `SELECT user_id, details FROM audit_logs
          WHERE action = 'user.profile_updated' AND resource_id = $1 ORDER BY created_at DESC LIMIT 1`,
        [actor.id],
      );
      expect(audited).toEqual([{ user_id: actor.id, details: { fields: ['username', 'email'] } }]);
    });

    it.each(['role', 'is_active', 'is_verified', 'status', 'token_version', 'id', 'password_hash'])(
      'refuses %s and changes nothing',
      async (field) => {
        const before = await rowOf(nova.id);
        const response = await update(nova.id, { bio: 'mine', [field]: 'admin' }, nova).expect(400);
        expect(codeOf(response)).toBe('VALIDATION_ERROR');
        expect(response.body.error.details[0].field).toBe(field);
        expect(await rowOf(nova.id)).toEqual(before);
      },
    );

    it.each([
      ['username', { username: null }],
      ['username', { username: 'no spaces' }],
      ['email', { email: null }],
      ['email', { email: 'nobody' }],
      ['first_name', { first_name: 'a'.repeat(51) }],
      ['display_name', { display_name: '  ' }],
      ['display_name', { display_name: 'a'.repeat(101) }],
      ['bio', { bio: 'a'.repeat(501) }],
      ['bio', { bio: 'NUL \u0000' }],
      ['location', { location: 7 }],
      ['avatar', { avatar: 'javascript:alert(1)' }],
      ['website', { website: 'ftp://example.com' }],
      ['timezone', { timezone: 'Mars/Olympus' }],
      ['language', { language: 'FR' }],
      ['social_links.twitter', { social_links: { twitter: 'a'.repeat(51) } }],
      ['social_links.myspace', { social_links: { myspace: 'nova' } }],
      ['social_links', { social_links: 'nova' }],
      ['skills', { skills: Array.from({ length: 11 }, () => 'x') }],
      ['skills', { skills: ['a'.repeat(31)] }],
      ['skills', { skills: [7] }],
      ['preferences', { preferences: { note: 'a'.repeat(4100) } }],
      ['preferences', { preferences: 'dark' }],
    ])('refuses a bad %s (%#) and changes nothing', async (field, change) => {
      const before = await rowOf(nova.id);
      const response = await update(nova.id, change, nova).expect(400);
      expect(codeOf(response)).toBe('VALIDATION_ERROR');
      expect(response.body.error.details[0].field).toBe(field);
      expect(await rowOf(nova.id)).toEqual(before);
    });

    it('refuses a taken name and a taken address', async () => {
      const before = await rowOf(nova.id);
      const name = await update(nova.id, { username: stranger.username.toUpperCase() }, nova).expect(409);
      expect(codeOf(name)).toBe('USERNAME_TAKEN');
      const mail = await update(nova.id, { bio: 'x', email: stranger.email }, nova).expect(409);
      expect(codeOf(mail)).toBe('EMAIL_TAKEN');
      expect(await rowOf(nova.id)).toEqual(before);
    });

    it('refuses anonymous callers, strangers and creators', async () => {
      const before = await rowOf(nova.id);
      const creator = await newActor(test, { role: 'creator' });
      expect(codeOf(await update(nova.id, { bio: 'x' }).expect(401))).toBe('AUTH_TOKEN_INVALID');
      for (const foreign of [stranger, creator]) {
        const response = await update(nova.id, { bio: 'x' }, foreign).expect(403);
        expect(codeOf(response)).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      }
      expect(await rowOf(nova.id)).toEqual(before);
    });

    it('lets an administrator change a profile, but not its role', async () => {
      const actor = await newActor(test);
      await update(actor.id, { bio: 'moderated' }, admin).expect(200);
      await update(actor.id, { role: 'admin' }, admin).expect(400);
      expect(await rowOf(actor.id)).toMatchObject({ bio: 'moderated', role: 'user' });
    });

    it('answers 404 for who does not exist or is hidden, to administrators too, and 400 for no UUID', async () => {
      const gone = await leave('deleted');
      for (const actor of [stranger, admin]) {
        for (const id of [randomUUID(), gone.id]) {
          expect(codeOf(await update(id, { bio: 'x' }, actor).expect(404))).toBe('USER_NOT_FOUND');
        }
        expect(codeOf(await update('42', { bio: 'x' }, actor).expect(400))).toBe('VALIDATION_ERROR');
      }
    });

    it('gives a name to one of twenty who rename themselves at once', async () => {
      const actors = await Promise.all(Array.from({ length: 20 }, () => newActor(test)));
      const answers = await Promise.all(
        actors.map((actor) => update(actor.id, { username: 'wanted' }, actor)),
      );
      const statuses = answers.map((answer) => answer.status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    });
  });

  describe('GET /users/:id/completion', () => {
    const completion = (id: string, actor?: Actor) => {
      const request = test.http.get(api(`/users/${id}/completion`));
      return actor === undefined ? request : request.set(actor.auth);
    };

    it('adds up the weights and names what is missing, to the owner and to others', async () => {
      const actor = await newActor(test);
      const empty = await completion(actor.id, actor).expect(200);
      expect(empty.body.data).toMatchObject({ user_id: actor.id, percentage: 0, completed_fields: [] });
      await update(actor.id, { bio: 'b', skills: ['mixing'] }, actor).expect(200);
      for (const viewer of [actor, stranger]) {
        const { body } = await completion(actor.id, viewer).expect(200);
        expect(body.data).toEqual({
          user_id: actor.id,
          percentage: 25,
          completed_fields: ['bio', 'skills'],
          missing_fields: [
            'avatar',
            'display_name',
            'first_name',
            'last_name',
            'social_links',
            'location',
            'website',
          ],
        });
      }
    });

    it('refuses anonymous callers', async () => {
      expect(codeOf(await completion(nova.id).expect(401))).toBe('AUTH_TOKEN_INVALID');
    });

    it('answers 404 for who is not there and 400 for no UUID', async () => {
      expect(codeOf(await completion(randomUUID(), nova).expect(404))).toBe('USER_NOT_FOUND');
      expect(codeOf(await completion('42', nova).expect(400))).toBe('VALIDATION_ERROR');
    });
  });

  describe('POST /users/me/become-creator', () => {
    const become = (actor: Actor) => test.http.post(api('/users/me/become-creator')).set(actor.auth).send({});

    it('holds at once, for the token already issued', async () => {
      const actor = await newActor(test);
      const upload = () =>
        test.http
          .post(api('/tracks'))
          .set(actor.auth)
          .field('title', 'First')
          .attach('file', synthesizeMp3(), { filename: 'a.mp3', contentType: 'audio/mpeg' });
      expect(codeOf(await upload().expect(403))).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      const { body } = await become(actor).expect(200);
      expect(body.data).toMatchObject({ id: actor.id, role: 'creator' });
      expect((await upload()).status).toBeLessThan(300);
      const audited = await test.sql(
        `SELECT user_id, old_values, new_values FROM audit_logs
          WHERE action = 'user.role_changed' AND resource_id = $1`,
        [actor.id],
      );
      expect(audited).toEqual([
        { user_id: actor.id, old_values: { role: 'user' }, new_values: { role: 'creator' } },
      ]);
    });

    it('holds in another process too', async () => {
      const actor = await newActor(test);
      const create = () =>
        other.http
          .post(api('/tracks'))
          .set(actor.auth)
          .field('title', 'No file')
          .then((r) => r.status);
      expect(await create()).toBe(403);
      await become(actor).expect(200);
      await waitFor(async () => (await create()) !== 403, { timeoutMs: 2_000, what: 'the new role' });
    });

    it.each(['creator', 'artist', 'producer', 'label', 'admin'])(
      'leaves a %s what they are, without an audit entry',
      async (role) => {
        const actor = await newActor(test, { role });
        const { body } = await become(actor).expect(200);
        expect(body.data.role).toBe(role);
        const audited = await test.sql(
          `SELECT 1 FROM audit_logs WHERE action = 'user.role_changed' AND resource_id = $1`,
          [actor.id],
        );
        expect(audited).toEqual([]);
      },
    );

    it.each(['premium', 'moderator'])('does not take their role from a %s', async (role) => {
      const actor = await newActor(test, { role });
      expect(codeOf(await become(actor).expect(409))).toBe('ROLE_CHANGE_NOT_POSSIBLE');
      expect(await rowOf(actor.id)).toMatchObject({ role });
    });

    it('changes the role once when asked ten times at once', async () => {
      const actor = await newActor(test);
      const answers = await Promise.all(Array.from({ length: 10 }, () => become(actor)));
      expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 200));
      const audited = await test.sql(
        `SELECT 1 FROM audit_logs WHERE action = 'user.role_changed' AND resource_id = $1`,
        [actor.id],
      );
      expect(audited).toHaveLength(1);
    });

    it('refuses anonymous callers', async () => {
      const response = await test.http.post(api('/users/me/become-creator')).send({}).expect(401);
      expect(codeOf(response)).toBe('AUTH_TOKEN_INVALID');
    });
  });
});

import { type Actor, type TestApp, api, createTestApp, newActor } from '../../../support/index.js';

interface Entry {
  id: string;
  action: string;
  user_id: string | null;
  resource_type: string;
  created_at: string;
}

interface Page {
  data: Entry[];
  pagination: { page?: number; limit: number; total?: number; has_next: boolean; next_cursor: string | null };
}

describe('GET /admin/audit/logs', () => {
  let test: TestApp;
  let admin: Actor;
  let user: Actor;
  const path = api('/admin/audit/logs');

  const list = async (query: Record<string, string | number> = {}): Promise<Page> => {
    const response = await test.http.get(path).set(admin.auth).query(query).expect(200);
    return response.body as Page;
  };

  const total = async (): Promise<number> => {
    const [row] = await test.sql<{ total: number }>('SELECT count(*)::int AS total FROM audit_logs');
    return row?.total ?? 0;
  };

  beforeAll(async () => {
    test = await createTestApp();
    admin = await newActor(test, { role: 'admin' });
    user = await newActor(test);
    for (let minute = 10; minute < 35; minute += 1) {
      await test.sql(
        `INSERT INTO audit_logs (id, user_id, action, resource_type, resource_id, success, details, created_at)
         VALUES (gen_random_uuid(), $1, 'probe.made', 'probe', 'p-1', true, '{"step": 1}', $2)`,
        [user.id, `2026-01-01T12:${String(minute)}:00Z`],
      );
    }
  });

  afterAll(() => test.close());

  it('shows entries with everything that was recorded', async () => {
    const { data } = await list({ action: 'probe.made', limit: 1 });
    expect(data).toEqual([
      {
        id: expect.any(String) as string,
        user_id: user.id,
        session_id: null,
        action: 'probe.made',
        resource_type: 'probe',
        resource_id: 'p-1',
        success: true,
        details: { step: 1 },
        old_values: null,
        new_values: null,
        ip_address: null,
        user_agent: null,
        request_id: null,
        created_at: '2026-01-01T12:34:00.000Z',
      },
    ]);
  });

  it('pages by number with a total, newest first', async () => {
    const second = await list({ action: 'probe.made', page: 2, limit: 10 });
    expect(second.pagination).toMatchObject({
      page: 2,
      limit: 10,
      total: 25,
      total_pages: 3,
      has_next: true,
    });
    expect(second.data.map((entry) => entry.created_at)).toEqual(
      [...second.data.map((entry) => entry.created_at)].sort().reverse(),
    );
  });

  it('pages by cursor without a gap or a repetition', async () => {
    const seen: string[] = [];
    let page = await list({ action: 'probe.made', limit: 10 });
    seen.push(...page.data.map((entry) => entry.id));
    while (page.pagination.next_cursor !== null) {
      page = await list({ action: 'probe.made', limit: 10, cursor: page.pagination.next_cursor });
      expect(page.pagination.total).toBeUndefined();
      seen.push(...page.data.map((entry) => entry.id));
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  it('combines its filters', async () => {
    const between = { from: '2026-01-01T12:10:00Z', to: '2026-01-01T12:14:00Z' };
    expect((await list({ resource: 'probe', ...between })).data).toHaveLength(5);
    expect((await list({ user_id: user.id, resource: 'probe' })).pagination.total).toBe(25);
    expect((await list({ user_id: admin.id, resource: 'probe' })).data).toEqual([]);
    expect((await list({ action: 'no.such' })).pagination).toMatchObject({ total: 0, has_next: false });
  });

  it.each([
    ['an id that is none', { user_id: 'me' }, 'user_id'],
    ['a moment that is none', { from: 'yesterday' }, 'from'],
    ['a number for a moment', { from: '5' }, 'from'],
    ['a moment before all time', { from: '-271821-04-20T00:00:00.000Z' }, 'from'],
    ['a beginning after the end', { from: '2026-02-01', to: '2026-01-01' }, 'from'],
    ['a limit above 100', { limit: 101 }, 'limit'],
    ['a page below 1', { page: 0 }, 'page'],
    ['an unknown filter', { colour: 'red' }, 'colour'],
  ])('refuses %s with 400', async (_, query, field) => {
    const { body } = await test.http.get(path).set(admin.auth).query(query).expect(400);
    expect(body).toMatchObject({ success: false, error: { code: 'VALIDATION_ERROR', details: [{ field }] } });
  });

  it('refuses an edited cursor with 400', async () => {
    const { body } = await test.http.get(path).set(admin.auth).query({ cursor: 'AAAA' }).expect(400);
    expect(body).toMatchObject({ error: { code: 'INVALID_CURSOR' } });
  });

  it('refuses strangers with 401 and users without the permission with 403', async () => {
    const before = await total();
    await test.http.get(path).expect(401);
    const { body } = await test.http.get(path).set(user.auth).expect(403);
    expect(body).toMatchObject({ success: false, error: { code: 'AUTH_INSUFFICIENT_PERMISSIONS' } });
    expect(await total()).toBe(before);
  });
});

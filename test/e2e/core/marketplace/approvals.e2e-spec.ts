import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { DomainError } from '../../../../src/common/errors/index.js';
import { newId } from '../../../../src/common/ids/index.js';
import {
  type Approval,
  ApprovalActions,
  type ApprovalRequest,
  Approvals,
} from '../../../../src/core/marketplace/approvals/index.js';
import { ApprovalExecution } from '../../../../src/core/marketplace/approvals/approval-execution.service.js';
import { ApprovalExpiryJob } from '../../../../src/core/marketplace/approvals/jobs/approval-expiry.job.js';
import { Database, Transactional } from '../../../../src/infrastructure/database/index.js';
import { type Actor, api, createTestApp, newActor, type TestApp, waitFor } from '../../../support/index.js';

const DAY_MS = 86_400_000;

/** A module that asks for approvals and has an effect in the database. */
@Injectable()
class Business {
  /** Thrown by the next executions, one each: `before` the effect, or after it was committed. */
  readonly faults: { when: 'before' | 'after'; error: Error }[] = [];

  constructor(
    private readonly approvals: Approvals,
    private readonly db: Database,
  ) {}

  @Transactional()
  async request(request: ApprovalRequest): Promise<Approval> {
    return this.approvals.request(request);
  }

  async execute(approval: Approval, markExecuted: () => Promise<void>): Promise<void> {
    const fault = this.faults.shift();
    if (fault?.when === 'before') throw fault.error;
    await this.haveEffect(approval.id, markExecuted);
    if (fault) throw fault.error;
  }

  @Transactional()
  async haveEffect(approvalId: string, markExecuted: () => Promise<void>): Promise<void> {
    await this.db.query('INSERT INTO test_effects (approval_id) VALUES ($1)', [approvalId]);
    await markExecuted();
  }
}

describe('approvals by a second administrator', () => {
  let test: TestApp;
  let business: Business;
  let asking: Actor;
  let second: Actor;
  let user: Actor;

  beforeAll(async () => {
    test = await createTestApp({
      env: { FOUR_EYES_AMOUNT: '5000', DB_POOL_MAX: '20', OUTBOX_POLL_INTERVAL: '100ms' },
    });
    await test.sql('CREATE TABLE test_effects (approval_id uuid NOT NULL)');
    const of = <T>(token: new (...args: never[]) => T): T => test.app.get(token, { strict: false });
    business = new Business(of(Approvals), of(Database));
    of(ApprovalActions).register('test.act', (approval, mark) => business.execute(approval, mark));
    of(ApprovalActions).register('test.plain', async (approval) => {
      await test.sql('INSERT INTO test_effects (approval_id) VALUES ($1)', [approval.id]);
    });
    [asking, second] = [await newActor(test, { role: 'admin' }), await newActor(test, { role: 'admin' })];
    user = await newActor(test, { role: 'creator' });
  });
  beforeEach(() => test.clock.reset());
  afterAll(() => test.close());

  const request = (over: Partial<ApprovalRequest> = {}): Promise<Approval> =>
    business.request({
      action: 'test.act',
      resourceType: 'thing',
      resourceId: newId(),
      amountMinor: 5001,
      currency: 'EUR',
      reason: 'a large one',
      payload: { note: 'x' },
      requestedBy: asking.id,
      ...over,
    });
  const decide = (
    how: 'approve' | 'reject',
    id: string,
    by: Actor = second,
    body: object = { reason: 'fine' },
  ) =>
    test.http
      .post(api(`/admin/approvals/${id}/${how}`))
      .set(by.auth)
      .send(body);
  const statusOf = async (id: string): Promise<string> =>
    (await test.sql<{ status: string }>('SELECT status FROM approvals WHERE id = $1', [id]))[0]!.status;
  const becomes = (id: string, status: string): Promise<boolean> =>
    waitFor(async () => (await statusOf(id)) === status, { what: `an approval that is ${status}` });
  const effects = async (id: string): Promise<number> =>
    (await test.sql('SELECT 1 FROM test_effects WHERE approval_id = $1', [id])).length;
  const audits = async (
    id: string,
  ): Promise<{ action: string; user_id: string | null; old_values: object | null }[]> =>
    test.sql(
      'SELECT action, user_id, old_values FROM audit_logs WHERE resource_id = $1 ORDER BY created_at, id',
      [id],
    );
  const traces = async (id: string): Promise<unknown> => ({
    status: await statusOf(id),
    audits: (await audits(id)).length,
    events: (await test.sql('SELECT 1 FROM outbox_events WHERE aggregate_id = $1', [id])).length,
  });

  /** Runs all of them at once: each holds its own connection and waits for the approval's row. */
  async function allAtOnce<T>(id: string, tasks: (() => Promise<T>)[]): Promise<T[]> {
    const barrier = new Client({ connectionString: test.database.url });
    await barrier.connect();
    try {
      await barrier.query('BEGIN');
      await barrier.query('SELECT 1 FROM approvals WHERE id = $1 FOR UPDATE', [id]);
      const running = Promise.all(tasks.map((task) => task()));
      await waitFor(
        async () => {
          const waiting = await test.sql(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          return waiting.length === tasks.length;
        },
        { what: 'everybody at the barrier' },
      );
      await barrier.query('COMMIT');
      return await running;
    } finally {
      await barrier.end();
    }
  }

  it('is needed above FOUR_EYES_AMOUNT, not at it', () => {
    const approvals = test.app.get(Approvals, { strict: false });
    expect([4999, 5000, 5001].map((amount) => approvals.isNeeded(amount))).toEqual([false, false, true]);
  });

  it('executes what was approved once, and keeps who asked, who decided and why', async () => {
    const { id } = await request();
    const { body } = await decide('approve', id).expect(202);
    expect(body.data).toMatchObject({
      id,
      decided_by: second.id,
      decision_reason: 'fine',
      requested_by: asking.id,
    });
    await becomes(id, 'executed');
    expect(await effects(id)).toBe(1);
    expect(
      (await audits(id)).map(({ action, user_id, old_values }) => [action, user_id, old_values]),
    ).toEqual([
      ['approval.requested', asking.id, null],
      ['approval.approved', second.id, { status: 'pending' }],
      ['approval.executed', null, { status: 'approved' }],
    ]);
  });

  it('marks an action that does not mark itself', async () => {
    const { id } = await request({ action: 'test.plain' });
    await decide('approve', id).expect(202);
    await becomes(id, 'executed');
    expect(await effects(id)).toBe(1);
  });

  it('has no second effect when the process ended right after the first', async () => {
    const { id } = await request();
    business.faults.push({ when: 'after', error: new Error('killed') });
    await decide('approve', id).expect(202);
    await waitFor(
      async () =>
        (
          await test.sql(
            `SELECT 1 FROM outbox_deliveries d JOIN outbox_events e ON e.id = d.event_id
              WHERE e.aggregate_id = $1 AND d.done_at IS NOT NULL AND d.attempts = 2`,
            [id],
          )
        ).length,
      { what: 'the second delivery' },
    );
    expect([await statusOf(id), await effects(id)]).toEqual(['executed', 1]);
  });

  it('tries again after what may pass, and fails with the code after what may not', async () => {
    const [passing, refused] = [await request(), await request()];
    business.faults.push({ when: 'before', error: new DomainError('AWAY', 'unavailable', 'Not now') });
    await decide('approve', passing.id).expect(202);
    await becomes(passing.id, 'executed');
    expect(await effects(passing.id)).toBe(1);
    business.faults.push({ when: 'before', error: new DomainError('NOT_POSSIBLE', 'conflict', 'No') });
    await decide('approve', refused.id).expect(202);
    await becomes(refused.id, 'failed');
    const { body } = await test.http
      .get(api(`/admin/approvals/${refused.id}`))
      .set(second.auth)
      .expect(200);
    expect(body.data).toMatchObject({ status: 'failed', error: 'NOT_POSSIBLE', executed_at: null });
    expect(await effects(refused.id)).toBe(0);
  });

  it('lets one of ten parallel decisions through', async () => {
    const { id } = await request();
    const admins = await Promise.all(Array.from({ length: 10 }, () => newActor(test, { role: 'admin' })));
    const answers = await allAtOnce(
      id,
      admins.map(
        (admin, index) => async () => (await decide(index % 2 ? 'approve' : 'reject', id, admin)).status,
      ),
    );
    expect(answers.filter((status) => status === 409)).toHaveLength(9);
    expect(answers.filter((status) => status === 202 || status === 200)).toHaveLength(1);
    expect((await audits(id)).filter(({ action }) => /approved|rejected/.test(action))).toHaveLength(1);
    const events = await test.sql('SELECT 1 FROM outbox_events WHERE aggregate_id = $1', [id]);
    expect(events).toHaveLength(answers.includes(202) ? 1 : 0);
  });

  it('lets one of ten parallel executions have its effect', async () => {
    const { id } = await request();
    await test.sql(
      `UPDATE approvals SET status = 'approved', decided_by = $2, decided_at = now(), decision_reason = 'x' WHERE id = $1`,
      [id, second.id],
    );
    const execution = test.app.get(ApprovalExecution, { strict: false });
    await allAtOnce(
      id,
      Array.from({ length: 10 }, () => () => execution.execute(id)),
    );
    expect([await statusOf(id), await effects(id)]).toEqual(['executed', 1]);
  });

  it('keeps one request open per action and thing', async () => {
    const resourceId = newId();
    const first = await request({ resourceId });
    await expect(request({ resourceId })).rejects.toMatchObject({ code: 'APPROVAL_ALREADY_REQUESTED' });
    await decide('reject', first.id).expect(200);
    await expect(request({ resourceId })).resolves.toMatchObject({ status: 'pending' });
  });

  it('refuses to ask for what nobody would execute', async () => {
    await expect(request({ action: 'test.unknown' })).rejects.toThrow('Nobody executes');
  });

  it('is refused by the database itself when the same person decides', async () => {
    const { id } = await request();
    await expect(
      test.sql(
        `UPDATE approvals SET status = 'approved', decided_by = requested_by, decided_at = now(), decision_reason = 'x'
          WHERE id = $1`,
        [id],
      ),
    ).rejects.toThrow(/approvals_second_admin_ck/);
  });

  it('expires after seven days, decided by nobody', async () => {
    const { id } = await request();
    test.clock.advance(7 * DAY_MS - 60_000);
    const job = test.app.get(ApprovalExpiryJob, { strict: false });
    await job.run({ signal: new AbortController().signal });
    expect(await statusOf(id)).toBe('pending');
    test.clock.advance(61_000);
    second = await newActor(test, { role: 'admin' });
    const late = await decide('approve', id).expect(409);
    expect(late.body.error.code).toBe('APPROVAL_NOT_PENDING');
    await job.run({ signal: new AbortController().signal });
    expect(await statusOf(id)).toBe('expired');
    expect((await audits(id)).at(-1)).toMatchObject({ action: 'approval.expired', user_id: null });
    test.clock.reset();
    second = await newActor(test, { role: 'admin' });
  });

  describe.each(['approve', 'reject'] as const)('POST /admin/approvals/:id/%s', (how) => {
    it('refuses whoever asked for it', async () => {
      const { id } = await request();
      const before = await traces(id);
      const { body } = await decide(how, id, asking).expect(403);
      expect(body.error.code).toBe('SECOND_ADMIN_REQUIRED');
      expect(await traces(id)).toEqual(before);
    });

    it.each([[{}], [{ reason: 'x' }], [{ reason: 7 }], [{ reason: 'fine', status: 'executed' }]])(
      'refuses the body %j',
      async (bad) => {
        const { id } = await request();
        const before = await traces(id);
        const { body } = await decide(how, id, second, bad).expect(400);
        expect(body.error.code).toBe('VALIDATION_ERROR');
        expect(await traces(id)).toEqual(before);
      },
    );

    it('knows no other approval, and decides none twice', async () => {
      const { body } = await decide(how, newId()).expect(404);
      expect(body.error.code).toBe('APPROVAL_NOT_FOUND');
      const { id } = await request();
      await decide('reject', id).expect(200);
      const before = await traces(id);
      const again = await decide(how, id).expect(409);
      expect(again.body.error).toMatchObject({ code: 'APPROVAL_NOT_PENDING' });
      expect(await traces(id)).toEqual(before);
    });

    it('is for administrators only', async () => {
      const { id } = await request();
      const before = await traces(id);
      const anonymous = await test.http
        .post(api(`/admin/approvals/${id}/${how}`))
        .send({ reason: 'fine' })
        .expect(401);
      expect(anonymous.body.error.code).toBe('AUTH_TOKEN_INVALID');
      const { body } = await decide(how, id, user).expect(403);
      expect(body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      expect(await traces(id)).toEqual(before);
    });
  });

  describe('GET /admin/approvals', () => {
    it('lists them newest first and by status', async () => {
      const { id } = await request();
      const { body } = await test.http
        .get(api('/admin/approvals?status=pending&limit=1'))
        .set(asking.auth)
        .expect(200);
      expect(body.data).toMatchObject([
        { id, status: 'pending', amount: 5001, currency: 'EUR', payload: { note: 'x' } },
      ]);
      expect(body.pagination.has_next).toBe(true);
      const one = await test.http
        .get(api(`/admin/approvals/${id}`))
        .set(asking.auth)
        .expect(200);
      expect(one.body.data).toEqual(body.data[0]);
    });

    it.each([
      ['/admin/approvals?status=maybe', 400, 'VALIDATION_ERROR'],
      ['/admin/approvals/not-an-id', 400, 'VALIDATION_ERROR'],
      ['/admin/approvals/6e0b2f0e-3a39-4a4e-9d1c-0f2d7a3b9c11', 404, 'APPROVAL_NOT_FOUND'],
    ])('answers %s with %i', async (path, status, code) => {
      const { body } = await test.http.get(api(path)).set(asking.auth).expect(status);
      expect(body.error.code).toBe(code);
    });

    it('is for administrators only', async () => {
      const { id } = await request();
      for (const path of ['/admin/approvals', `/admin/approvals/${id}`]) {
        await test.http.get(api(path)).expect(401);
        const { body } = await test.http.get(api(path)).set(user.auth).expect(403);
        expect(body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      }
    });
  });
});

import { type Actor, type TestApp, api, createTestApp, newActor, waitFor } from '../../../support/index.js';

interface Run {
  id: string;
  job_id: string;
  status: string;
  counts: Record<string, number> | null;
}

interface Job {
  id: string;
  cron: string;
  description: string;
  timeout_ms: number;
  next_run_at: string;
  last_run: Run | null;
}

describe('scheduled jobs for operators', () => {
  let test: TestApp;
  let admin: Actor;
  let user: Actor;
  const jobs = api('/admin/jobs');
  const run = (id: string): string => api(`/admin/jobs/${id}/run`);

  const list = async (): Promise<Job[]> => {
    const { body } = await test.http.get(jobs).set(admin.auth).expect(200);
    return (body as { data: Job[] }).data;
  };

  const traces = (): Promise<unknown[]> =>
    test.sql(`SELECT (SELECT count(*) FROM job_runs) AS runs,
      (SELECT count(*) FROM outbox_events WHERE type = 'job.run_requested') AS events,
      (SELECT count(*) FROM audit_logs WHERE action = 'job.run_requested') AS audits`);

  beforeAll(async () => {
    test = await createTestApp();
    admin = await newActor(test, { role: 'admin' });
    user = await newActor(test);
  });

  afterAll(() => test.close());

  describe('GET /admin/jobs', () => {
    it('shows every job with its schedule and its next tick', async () => {
      const found = await list();
      expect(found.map((job) => job.id)).toEqual(
        expect.arrayContaining(['job-run-retention', 'orphan-track-cleanup', 'outbox-retention']),
      );
      for (const job of found) {
        expect(job.description).toMatch(/^[A-Z]\w+ /);
        expect(job.timeout_ms).toBeGreaterThan(0);
        expect(Date.parse(job.next_run_at)).toBeGreaterThan(Date.now());
      }
    });

    it('has no input that could be wrong: what is sent along changes nothing', async () => {
      await test.http.get(`${jobs}?colour=red`).set(admin.auth).expect(200);
    });

    it('refuses strangers with 401 and users without the permission with 403', async () => {
      await test.http.get(jobs).expect(401);
      await test.http.get(jobs).set(user.auth).expect(403);
    });
  });

  describe('POST /admin/jobs/:id/run', () => {
    it('queues a run, which a worker carries out and which is audited', async () => {
      const { body } = await test.http.post(run('job-run-retention')).set(admin.auth).expect(202);
      const queued = (body as { data: Run }).data;
      expect(queued).toMatchObject({ job_id: 'job-run-retention', trigger: 'manual', status: 'queued' });
      const ended = await waitFor(async () => {
        const job = (await list()).find(({ id }) => id === 'job-run-retention');
        return job?.last_run?.status === 'succeeded' ? job.last_run : null;
      });
      expect(ended).toMatchObject({ id: queued.id, counts: { deleted: 0 } });
      const audited = await test.sql(
        `SELECT user_id, resource_type, resource_id, details FROM audit_logs WHERE action = 'job.run_requested'`,
      );
      expect(audited).toEqual([
        {
          user_id: admin.id,
          resource_type: 'job',
          resource_id: 'job-run-retention',
          details: { run_id: queued.id },
        },
      ]);
    });

    it('refuses a run beside another one with 409 and changes nothing', async () => {
      await test.sql(
        `INSERT INTO job_runs (id, job_id, trigger, status, scheduled_at, lease_token, lease_until)
         VALUES (gen_random_uuid(), 'outbox-retention', 'schedule', 'running', now(), gen_random_uuid(),
                 now() + interval '1 hour')`,
      );
      const before = await traces();
      const { body } = await test.http.post(run('outbox-retention')).set(admin.auth).expect(409);
      expect(body).toMatchObject({ error: { code: 'JOB_ALREADY_RUNNING' } });
      expect(await traces()).toEqual(before);
    });

    it('queues one of many simultaneous requests', async () => {
      await test.sql(`DELETE FROM job_runs WHERE job_id = 'outbox-retention'`);
      await test.sql(
        `INSERT INTO outbox_events (id, type, aggregate_id, payload, occurred_at)
         VALUES ('00000000-0000-4000-8000-000000000001', 'job.run_requested', 'job:outbox-retention', '{}', now())`,
      );
      await test.sql(
        `INSERT INTO outbox_deliveries (event_id, handler, lane, aggregate_id, position, lease_token, lease_until)
         SELECT id, 'operations.start-job-run', 'default', aggregate_id, position, gen_random_uuid(),
                now() + interval '1 hour' FROM outbox_events WHERE aggregate_id = 'job:outbox-retention'`,
      );
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => test.http.post(run('outbox-retention')).set(admin.auth)),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([202, 409, 409, 409, 409, 409, 409, 409]);
    });

    it('answers 404 for a job that does not exist', async () => {
      const before = await traces();
      const { body } = await test.http.post(run('no-such-job')).set(admin.auth).expect(404);
      expect(body).toMatchObject({ error: { code: 'JOB_NOT_FOUND' } });
      expect(await traces()).toEqual(before);
    });

    it('refuses strangers with 401 and users without the permission with 403, and changes nothing', async () => {
      const before = await traces();
      await test.http.post(run('job-run-retention')).expect(401);
      await test.http.post(run('job-run-retention')).set(user.auth).expect(403);
      expect(await traces()).toEqual(before);
    });
  });
});

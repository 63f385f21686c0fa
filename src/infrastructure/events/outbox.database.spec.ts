import { Global, Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { createWorkerContext, openSql } from '../../../test/support/worker-context.js';
import { Database, Transactional } from '../database/index.js';
import {
  DeadLetter,
  EventsModule,
  OutboxHandler,
  OutboxInspector,
  OutboxWriter,
  RetryLater,
  defineEvent,
  type DeliveredEvent,
  type EventHandler,
} from './index.js';
import { OutboxRetentionJob } from './jobs/outbox-retention.job.js';

interface Step {
  step: number;
  plan?: string;
}

const noted = defineEvent<Step>({ type: 'test.noted', handlers: ['test.note', 'test.second-note'] });
const limited = defineEvent<Step>({ type: 'test.limited', handlers: ['test.limited'] });

/** What happens in the handlers, and how a test steers them. */
const calls: { handler: string; event: DeliveredEvent<Step> }[] = [];
let react: (handler: string, event: DeliveredEvent<Step>) => Promise<void> = () => Promise.resolve();
const running = new Map<string, number>();
let mostAtOnce = 0;

async function called(handler: string, event: DeliveredEvent<Step>): Promise<void> {
  const key = `${handler}/${event.aggregateId}`;
  running.set(key, (running.get(key) ?? 0) + 1);
  mostAtOnce = Math.max(mostAtOnce, running.get(key) ?? 0);
  calls.push({ handler, event });
  try {
    await react(handler, event);
  } finally {
    running.set(key, (running.get(key) ?? 0) - 1);
  }
}

@OutboxHandler(noted, 'test.note', { maxAttempts: 'unlimited', backoff: [0.05] })
class NoteHandler implements EventHandler<Step> {
  constructor(private readonly database: Database) {}

  async handle(event: DeliveredEvent<Step>): Promise<void> {
    if (this.database.isInTransaction()) throw new Error('A transaction reached the handler');
    await called('test.note', event);
  }
}

@OutboxHandler(noted, 'test.second-note', { backoff: [0.05] })
class SecondNoteHandler implements EventHandler<Step> {
  handle(event: DeliveredEvent<Step>): Promise<void> {
    return called('test.second-note', event);
  }
}

@OutboxHandler(limited, 'test.limited', { maxAttempts: 2, backoff: [0.01], lane: 'money' })
class LimitedHandler implements EventHandler<Step> {
  handle(event: DeliveredEvent<Step>): Promise<void> {
    return called('test.limited', event);
  }
}

@Injectable()
class Business {
  constructor(
    private readonly outbox: OutboxWriter,
    private readonly database: Database,
  ) {}

  @Transactional()
  async note(aggregateId: string, ...steps: number[]): Promise<void> {
    for (const step of steps) await this.outbox.append(noted, { aggregateId, payload: { step } });
  }

  @Transactional()
  async limit(aggregateId: string, ...steps: number[]): Promise<void> {
    for (const step of steps) await this.outbox.append(limited, { aggregateId, payload: { step } });
  }

  @Transactional()
  async noteAndFail(aggregateId: string): Promise<void> {
    await this.outbox.append(noted, { aggregateId, payload: { step: 1 } });
    throw new Error('The business changed its mind');
  }

  /** Leaves the transaction open until the caller lets go. */
  @Transactional()
  async noteSlowly(
    aggregateId: string,
    step: number,
    appended: () => void,
    held: Promise<void>,
  ): Promise<void> {
    await this.outbox.append(noted, { aggregateId, payload: { step } });
    appended();
    await held;
  }

  outsideOfTransaction(): Promise<string> {
    return this.outbox.append(noted, { aggregateId: 'a', payload: { step: 1 } });
  }

  pid(): Promise<{ pid: number }[]> {
    return this.database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  }
}

@Global()
@Module({
  imports: [EventsModule],
  providers: [NoteHandler, SecondNoteHandler, LimitedHandler, Business],
})
class ProbeModule {}

function gate(): { open: () => void; opened: Promise<void> } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('the outbox', () => {
  let database: TestDatabase;
  let inspector: Awaited<ReturnType<typeof openSql>>;
  const contexts: INestApplicationContext[] = [];

  async function start(env: Record<string, string> = {}): Promise<INestApplicationContext> {
    const context = await createWorkerContext({ database, imports: [ProbeModule], env });
    contexts.push(context);
    return context;
  }

  const stepsOf = (handler: string, aggregateId: string): number[] =>
    calls
      .filter((call) => call.handler === handler && call.event.aggregateId === aggregateId)
      .map((call) => call.event.payload.step);

  const settled = async (context: INestApplicationContext, pending = 0): Promise<true> =>
    waitFor(async () => (await context.get(OutboxInspector).count()).pending === pending || null, {
      what: `${String(pending)} pending deliveries`,
    }).then(() => true as const);

  beforeAll(async () => {
    database = await createTestDatabase();
    inspector = await openSql(database.url);
  });

  afterEach(async () => {
    react = () => Promise.resolve();
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    await inspector.sql('TRUNCATE outbox_events CASCADE');
    calls.length = 0;
    running.clear();
    mostAtOnce = 0;
  });

  afterAll(async () => {
    await inspector.close();
    await database.drop();
  });

  it('calls each handler once with what was written', async () => {
    const context = await start();
    await context.get(Business).note('aggregate-1', 1);
    await settled(context);
    expect(calls.map((call) => call.handler).sort()).toEqual(['test.note', 'test.second-note']);
    expect(calls[0]?.event).toMatchObject({ type: 'test.noted', aggregateId: 'aggregate-1', attempt: 1 });
    expect(await context.get(OutboxInspector).eventsOf('aggregate-1')).toMatchObject([
      { payload: { step: 1 } },
    ]);
  });

  it('leaves no row and calls nobody when the business is rolled back', async () => {
    const context = await start();
    await expect(context.get(Business).noteAndFail('lost')).rejects.toThrow('changed its mind');
    await context.get(Business).note('kept', 1);
    await settled(context);
    expect(stepsOf('test.note', 'lost')).toEqual([]);
    expect(await inspector.sql(`SELECT 1 FROM outbox_events WHERE aggregate_id = 'lost'`)).toEqual([]);
  });

  it('refuses to write outside of a transaction', async () => {
    const context = await start({ PROCESS_ROLE: 'api' });
    await expect(context.get(Business).outsideOfTransaction()).rejects.toThrow(/MANDATORY/);
    expect(await inspector.sql('SELECT 1 FROM outbox_events')).toEqual([]);
  });

  it('delivers nothing in a process of the role api', async () => {
    const api = await start({ PROCESS_ROLE: 'api' });
    await api.get(Business).note('waiting', 1);
    expect(await api.get(OutboxInspector).count()).toMatchObject({ pending: 2, dead: 0 });
    const worker = await start({ PROCESS_ROLE: 'worker' });
    await settled(worker);
    expect(stepsOf('test.note', 'waiting')).toEqual([1]);
  });

  it('wakes another process by the commit and not only by its poll', async () => {
    const worker = await start({ PROCESS_ROLE: 'worker', OUTBOX_POLL_INTERVAL: '1h' });
    const api = await start({ PROCESS_ROLE: 'api' });
    await api.get(Business).note('woken', 1);
    await settled(worker);
    expect(stepsOf('test.note', 'woken')).toEqual([1]);
  });

  it('runs no delivery twice at once and keeps the order per aggregate with two processes', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    react = async (handler) => {
      const [process] = handler === 'test.note' ? [first] : [second];
      await process.get(Business).pid();
    };
    const aggregates = ['a', 'b', 'c', 'd', 'e'];
    for (const step of Array.from({ length: 12 }, (_, index) => index)) {
      await Promise.all(aggregates.map((id, i) => (i % 2 ? first : second).get(Business).note(id, step)));
    }
    await settled(first);
    expect(mostAtOnce).toBe(1);
    for (const aggregate of aggregates) {
      expect(stepsOf('test.note', aggregate)).toEqual(Array.from({ length: 12 }, (_, index) => index));
      expect(stepsOf('test.second-note', aggregate)).toHaveLength(12);
    }
  });

  it('delivers in the order of commits even when the first transaction ends late', async () => {
    const context = await start();
    const appended = gate();
    const held = gate();
    const slow = context.get(Business).noteSlowly('late', 1, appended.open, held.opened);
    await appended.opened;
    const quick = context.get(Business).note('late', 2);
    await waitFor(async () => (await inspector.sql(`SELECT 1 FROM pg_locks WHERE NOT granted`)).length);
    held.open();
    await Promise.all([slow, quick]);
    await settled(context);
    expect(stepsOf('test.note', 'late')).toEqual([1, 2]);
  });

  it('keeps later events of an aggregate waiting while an earlier one is retried', async () => {
    const context = await start();
    let failuresLeft = 3;
    react = (handler, { payload }) => {
      if (handler === 'test.note' && payload.step === 1 && failuresLeft-- > 0) throw new Error('Not yet');
      return Promise.resolve();
    };
    await context.get(Business).note('patient', 1, 2);
    await settled(context);
    expect(stepsOf('test.note', 'patient')).toEqual([1, 1, 1, 1, 2]);
  });

  it('never reruns a handler because another one failed', async () => {
    const context = await start();
    let failuresLeft = 4;
    react = (handler) => {
      if (handler === 'test.note' && failuresLeft-- > 0) throw new Error('Only I fail');
      return Promise.resolve();
    };
    await context.get(Business).note('independent', 1);
    await settled(context);
    expect(stepsOf('test.note', 'independent')).toHaveLength(5);
    expect(stepsOf('test.second-note', 'independent')).toHaveLength(1);
  });

  it('gives a delivery up after its attempts and goes on with the next of the aggregate', async () => {
    const context = await start();
    react = (_, { payload }) => (payload.step === 1 ? Promise.reject(new Error('Never')) : Promise.resolve());
    await context.get(Business).limit('hopeless', 1, 2);
    await settled(context);
    expect(stepsOf('test.limited', 'hopeless')).toEqual([1, 1, 2]);
    expect(await context.get(OutboxInspector).findDead()).toMatchObject([
      { handler: 'test.limited', type: 'test.limited', attempts: 2, lastError: 'Error: Never' },
    ]);
  });

  it('gives a delivery up at once when the handler says so', async () => {
    const context = await start();
    react = () => Promise.reject(new DeadLetter('The order is gone'));
    await context.get(Business).limit('gone', 1);
    await settled(context);
    expect(stepsOf('test.limited', 'gone')).toEqual([1]);
    expect(await context.get(OutboxInspector).count()).toMatchObject({ dead: 1 });
  });

  it('postpones without counting the attempt', async () => {
    const context = await start();
    let postponements = 5;
    react = () => (postponements-- > 0 ? Promise.reject(new RetryLater(0.01, 'busy')) : Promise.resolve());
    await context.get(Business).limit('busy', 1);
    await settled(context);
    expect(calls.map((call) => call.event.attempt)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await context.get(OutboxInspector).count()).toMatchObject({ dead: 0 });
  });

  it('extends the lease of a handler that takes long', async () => {
    const [first] = await Promise.all([start({ OUTBOX_LEASE: '1s' }), start({ OUTBOX_LEASE: '1s' })]);
    const finish = gate();
    react = () => finish.opened;
    await first.get(Business).limit('long', 1);
    const lease = async (): Promise<number> => {
      const [row] = await inspector.sql<{ until: Date }>(
        'SELECT lease_until AS until FROM outbox_deliveries',
      );
      return row?.until.getTime() ?? 0;
    };
    const begun = await waitFor(lease);
    await waitFor(async () => (await lease()) > begun + 1_500);
    finish.open();
    await settled(first);
    expect(calls).toHaveLength(1);
  });

  it('takes over a delivery whose lease ran out', async () => {
    const api = await start({ PROCESS_ROLE: 'api' });
    await api.get(Business).limit('orphan', 1);
    await inspector.sql(`UPDATE outbox_deliveries SET lease_token = gen_random_uuid(), attempts = 1,
      lease_until = now() + interval '300 milliseconds'`);
    const worker = await start({ OUTBOX_POLL_INTERVAL: '20ms' });
    await settled(worker);
    expect(calls.map((call) => call.event.attempt)).toEqual([2]);
  });

  it('gives up what ended its process during every attempt', async () => {
    const api = await start({ PROCESS_ROLE: 'api' });
    await api.get(Business).limit('poison', 1);
    await inspector.sql(`UPDATE outbox_deliveries SET lease_token = gen_random_uuid(), attempts = 2,
      lease_until = now() - interval '1 second'`);
    const worker = await start();
    await settled(worker);
    expect(calls).toEqual([]);
    expect(await worker.get(OutboxInspector).findDead()).toMatchObject([
      { lastError: 'The process ended during the last attempt' },
    ]);
  });

  it('tells the handler when somebody else took its lease, and changes nothing afterwards', async () => {
    const context = await start({ OUTBOX_LEASE: '1s' });
    const aborted = gate();
    react = async (_, { signal }) => {
      if (calls.length > 1) return;
      await inspector.sql(`UPDATE outbox_deliveries SET lease_token = gen_random_uuid(),
        lease_until = now() + interval '1 hour'`);
      signal.addEventListener('abort', aborted.open);
      await aborted.opened;
    };
    await context.get(Business).limit('taken', 1);
    await aborted.opened;
    await context.close();
    contexts.length = 0;
    expect(
      await inspector.sql('SELECT done_at, lease_token IS NOT NULL AS leased FROM outbox_deliveries'),
    ).toEqual([{ done_at: null, leased: true }]);
  });

  it('listens again after its connection was ended', async () => {
    const context = await start({ OUTBOX_POLL_INTERVAL: '1h' });
    const listeners = (): Promise<{ pid: number }[]> =>
      inspector.sql<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'veza-listener'
           AND datname = current_database() AND query LIKE 'LISTEN%'`,
      );
    const [before] = await waitFor(async () => {
      const found = await listeners();
      return found.length === 1 ? found : null;
    });
    await inspector.sql('SELECT pg_terminate_backend($1)', [before?.pid]);
    await waitFor(async () => (await listeners()).some(({ pid }) => pid !== before?.pid));
    await context.get(Business).note('again', 1);
    await settled(context);
    expect(stepsOf('test.note', 'again')).toEqual([1]);
  });

  it('waits for running handlers when it stops', async () => {
    const context = await start();
    const finish = gate();
    react = () => finish.opened;
    await context.get(Business).limit('running', 1);
    await waitFor(() => calls.length);
    const closed = context.close();
    contexts.length = 0;
    await context
      .get(Business)
      .limit('too late', 1)
      .catch(() => undefined);
    finish.open();
    await closed;
    const done = await inspector.sql(`SELECT done_at IS NOT NULL AS done FROM outbox_deliveries
      WHERE aggregate_id = 'running'`);
    expect(done).toEqual([{ done: true }]);
    expect(stepsOf('test.limited', 'too late')).toEqual([]);
  });

  it('forgets events that every handler dealt with long ago, and nothing else', async () => {
    const context = await start({ PROCESS_ROLE: 'api', OUTBOX_RETENTION: '7d' });
    const business = context.get(Business);
    for (const aggregate of ['old', 'recent', 'half', 'dead', 'waiting']) await business.note(aggregate, 1);
    await inspector.sql(`UPDATE outbox_events SET created_at = now() - interval '30 days'`);
    const end = (change: string, where: string): Promise<unknown> =>
      inspector.sql(`UPDATE outbox_deliveries SET ${change} WHERE ${where}`);
    await end(`done_at = now() - interval '8 days'`, `aggregate_id IN ('old', 'half', 'dead')`);
    await end(`done_at = now() - interval '6 days'`, `aggregate_id = 'recent'`);
    await end(`done_at = NULL`, `aggregate_id = 'half' AND handler = 'test.note'`);
    await end(
      `done_at = NULL, dead_at = now() - interval '8 days'`,
      `aggregate_id = 'dead' AND handler = 'test.note'`,
    );
    const counts = await context
      .get(OutboxRetentionJob)
      .run({ signal: new AbortController().signal, scheduledAt: new Date() });
    expect(counts).toEqual({ deleted: 1 });
    const kept = await inspector.sql<{ id: string }>(
      'SELECT aggregate_id AS id FROM outbox_events ORDER BY position',
    );
    expect(kept.map((event) => event.id)).toEqual(['recent', 'half', 'dead', 'waiting']);
    expect(await inspector.sql(`SELECT 1 FROM outbox_deliveries WHERE aggregate_id = 'old'`)).toEqual([]);
  });

  it('stops in time when a handler does not end, and leaves its lease to run out', async () => {
    const context = await start({ SHUTDOWN_TIMEOUT: '200ms' });
    const finish = gate();
    react = () => finish.opened;
    await context.get(Business).limit('endless', 1);
    await waitFor(() => calls.length);
    await context.close();
    contexts.length = 0;
    expect(calls[0]?.event.signal.aborted).toBe(true);
    expect(
      await inspector.sql('SELECT lease_until > now() AS leased, done_at FROM outbox_deliveries'),
    ).toEqual([{ leased: true, done_at: null }]);
    finish.open();
  });
});

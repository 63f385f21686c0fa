import { Global, Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { createWorkerContext, openSql } from '../../../test/support/worker-context.js';
import { Transactional } from '../../infrastructure/database/index.js';
import { CursorCodec, RequestContext } from '../../infrastructure/http/index.js';
import type { AuditEntry } from './audit-entry.js';
import { AuditModule, AuditWriter } from './index.js';

@Injectable()
class Business {
  constructor(private readonly audit: AuditWriter) {}

  @Transactional()
  async act(entry: AuditEntry, failure?: Error): Promise<void> {
    await this.audit.record(entry);
    if (failure) throw failure;
  }

  outsideOfTransaction(entry: AuditEntry): Promise<void> {
    return this.audit.record(entry);
  }
}

@Global()
@Module({ providers: [RequestContext, CursorCodec], exports: [RequestContext, CursorCodec] })
class RequestModule {}

describe('the audit trail', () => {
  const userId = 'b7f1d1a8-7d0c-4f43-9d4b-0f6a5a2b1c11';
  const sessionId = 'b7f1d1a8-7d0c-4f43-9d4b-0f6a5a2b1c12';
  const entry: AuditEntry = { action: 'user.changed', resourceType: 'user', resourceId: 'u-1' };
  let database: TestDatabase;
  let inspector: Awaited<ReturnType<typeof openSql>>;
  let context: INestApplicationContext;
  let business: Business;

  const stored = (): Promise<Record<string, unknown>[]> =>
    inspector.sql('SELECT * FROM audit_logs ORDER BY position DESC LIMIT 1');
  const total = async (): Promise<number> => {
    const [row] = await inspector.sql<{ total: string }>('SELECT count(*) AS total FROM audit_logs');
    return Number(row?.total);
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    inspector = await openSql(database.url);
    context = await createWorkerContext({
      database,
      imports: [RequestModule, AuditModule],
      providers: [Business],
    });
    business = context.get(Business);
  });

  afterAll(async () => {
    await context.close();
    await inspector.close();
    await database.drop();
  });

  it('takes actor, address and agent from the request', async () => {
    const request = { requestId: 'req_1', ip: '192.0.2.7', userAgent: 'probe/1.0', userId, sessionId };
    await context.get(ClsService).runWith(request, () => business.act(entry));
    expect(await stored()).toMatchObject([
      {
        action: 'user.changed',
        resource_type: 'user',
        resource_id: 'u-1',
        user_id: userId,
        session_id: sessionId,
        ip_address: '192.0.2.7',
        user_agent: 'probe/1.0',
        request_id: 'req_1',
        success: true,
      },
    ]);
  });

  it('takes the actor that is given, and nobody outside of a request', async () => {
    await business.act({ ...entry, userId, success: false });
    expect(await stored()).toMatchObject([{ user_id: userId, success: false, ip_address: null }]);
    await business.act(entry);
    expect(await stored()).toMatchObject([{ user_id: null, session_id: null, success: true }]);
  });

  it('redacts what looks secret, at any depth', async () => {
    const details = {
      method: 'password',
      session_id: 's-1',
      accessToken: 'eyJ',
      headers: [{ authorization: 'Bearer x', Cookie: 'y', 'x-api-key': 'z', accept: '*/*' }],
    };
    const oldValues = { password_hash: 'h', role: 'user' };
    await business.act({ ...entry, details, oldValues, newValues: { client_secret: 's', role: 'admin' } });
    expect(await stored()).toMatchObject([
      {
        details: {
          method: 'password',
          session_id: 's-1',
          accessToken: '[redacted]',
          headers: [
            { authorization: '[redacted]', Cookie: '[redacted]', 'x-api-key': '[redacted]', accept: '*/*' },
          ],
        },
        old_values: { password_hash: '[redacted]', role: 'user' },
        new_values: { client_secret: '[redacted]', role: 'admin' },
      },
    ]);
  });

  it('keeps nothing of work that was rolled back', async () => {
    const before = await total();
    await expect(business.act(entry, new Error('No after all'))).rejects.toThrow('No after all');
    expect(await total()).toBe(before);
  });

  it('refuses to write outside of a transaction', async () => {
    const before = await total();
    await expect(business.outsideOfTransaction(entry)).rejects.toThrow(/MANDATORY/);
    expect(await total()).toBe(before);
  });

  it.each([
    ['an update', `UPDATE audit_logs SET success = false`],
    ['an update of no row', `UPDATE audit_logs SET success = false WHERE false`],
    ['a deletion', `DELETE FROM audit_logs`],
    ['a truncation', `TRUNCATE audit_logs`],
  ])('is append-only: the database refuses %s', async (_, statement) => {
    await business.act(entry);
    const before = await total();
    await expect(inspector.sql(statement)).rejects.toMatchObject({
      code: '23001',
      message: expect.stringContaining('append-only') as string,
    });
    expect(await total()).toBe(before);
    expect(await stored()).toMatchObject([{ success: true }]);
  });
});

import { describeStatement } from './describe-statement.js';

describe('describeStatement', () => {
  it.each([
    ['SELECT * FROM tracks WHERE id = $1', 'select', 'tracks'],
    ['select 1', 'select', 'none'],
    ['SELECT id FROM "public"."users" u JOIN tracks t ON true', 'select', 'users'],
    ['SELECT id FROM orders WHERE id = $1 FOR UPDATE', 'select', 'orders'],
    ['INSERT INTO "outbox_events"("id") VALUES ($1)', 'insert', 'outbox_events'],
    ['INSERT INTO carts (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET n = 1', 'insert', 'carts'],
    ['  update only refunds set a = 1', 'update', 'refunds'],
    ['DELETE FROM sessions WHERE true', 'delete', 'sessions'],
    [
      'WITH due AS (SELECT id FROM deliveries FOR UPDATE SKIP LOCKED) UPDATE deliveries d SET x = 1 FROM due',
      'update',
      'deliveries',
    ],
    ['WITH a AS (SELECT 1) SELECT * FROM products', 'select', 'products'],
    ['-- who\nSELECT * /* FROM nowhere */ FROM jobs', 'select', 'jobs'],
    ['SELECT extract(epoch FROM due_at - now()) FROM outbox_deliveries', 'select', 'outbox_deliveries'],
    ['SELECT a IS DISTINCT FROM b AS differs FROM licenses', 'select', 'licenses'],
    ['START TRANSACTION', 'transaction', 'none'],
    ['COMMIT', 'transaction', 'none'],
    ['SAVEPOINT a', 'transaction', 'none'],
    ['NOTIFY outbox', 'other', 'none'],
  ])('reads %j', (sql, operation, table) => {
    expect(describeStatement(sql)).toEqual({ operation, table });
    expect(describeStatement(sql)).toEqual({ operation, table });
  });
});

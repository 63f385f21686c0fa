import type { TestApp } from '../support/index.js';
import type { WitnessedCall } from './wire-witness.js';

interface Write {
  path: RegExp;
  /** Rows that hold the key of the call. */
  sql: string;
  keysOf: (call: WitnessedCall) => unknown[];
}

const fieldOf = (body: string, name: string): unknown => (JSON.parse(body) as Record<string, unknown>)[name];
const formOf = (body: string, name: string): string | null => new URLSearchParams(body).get(name);
const lastPartOf = (key: string): number => Number(key.split(':').at(-1));

/** Every call that moves money or reserves the right to. */
const WRITES: readonly Write[] = [
  {
    path: /^\/payments$/,
    sql: 'SELECT 1 FROM orders WHERE psp_payment_id = $1',
    keysOf: ({ body }) => [fieldOf(body, 'payment_id')],
  },
  {
    path: /^\/refunds$/,
    sql: 'SELECT 1 FROM refunds WHERE psp_refund_id = $1 AND amount = $2',
    keysOf: ({ body }) => [fieldOf(body, 'refund_id'), fieldOf(body, 'amount')],
  },
  {
    path: /^\/v1\/transfers$/,
    sql: `SELECT 1 FROM seller_transfers
           WHERE id = $1 AND attempt_epoch = $2 AND amount = $3 AND status = 'processing'`,
    keysOf: ({ body, idempotencyKey }) => [
      formOf(body, 'metadata[seller_transfer_id]'),
      lastPartOf(idempotencyKey),
      formOf(body, 'amount'),
    ],
  },
  {
    path: /^\/v1\/transfers\/[^/]+\/reversals$/,
    sql: 'SELECT 1 FROM transfer_reversals WHERE id = $1 AND epoch = $2',
    keysOf: ({ body, idempotencyKey }) => [formOf(body, 'metadata[reversal_id]'), lastPartOf(idempotencyKey)],
  },
];

/**
 * I9, asked on a connection of its own while the provider has not seen the call yet.
 * @returns what is wrong, or null
 */
export async function uncommittedKeyOf(call: WitnessedCall, test: TestApp): Promise<string | null> {
  const write = call.method === 'POST' ? WRITES.find(({ path }) => path.test(call.path)) : undefined;
  if (write === undefined) return null;
  const keys = write.keysOf(call);
  const rows = await test.sql(write.sql, keys);
  return rows.length > 0
    ? null
    : `POST ${call.path} with ${JSON.stringify(keys)}, which no committed row holds`;
}

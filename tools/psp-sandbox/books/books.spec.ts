import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../../test/support/wait-for.js';
import type { Sandbox } from '../index.js';
import {
  hyperswitch,
  paid,
  Receiver,
  readySeller,
  refundIdOf,
  startSandbox,
  stripeCall,
} from '../spec-support.js';

describe('books of the payment sandbox', () => {
  let folder: string;
  const started: Sandbox[] = [];
  const start = async (options: Parameters<typeof startSandbox>[0] = {}): Promise<Sandbox> => {
    const sandbox = await startSandbox({ stateFile: join(folder, 'state', 'books.json'), ...options });
    started.push(sandbox);
    return sandbox;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'psp-sandbox-'));
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((sandbox) => sandbox.close()));
    rmSync(folder, { recursive: true });
  });

  it('survive a restart with their idempotency keys', async () => {
    const first = await start();
    await paid(first, 'a1');
    const destination = await readySeller(first);
    const form = { destination, amount: '100', currency: 'eur' };
    const headers = { 'idempotency-key': 'k-1' };
    const sent = await stripeCall(first.url, '/v1/transfers', form, headers);
    const before = first.books();
    await first.close();

    const second = await start();
    expect(second.books()).toEqual(before);
    const again = await stripeCall(second.url, '/v1/transfers', form, headers);
    expect(again.body['id']).toBe(sent.body['id']);
    expect(second.books().transfers).toHaveLength(1);
    expect(readdirSync(join(folder, 'state'))).toEqual(['books.json']);
  });

  it('are on disk before the answer is out', async () => {
    const first = await start();
    await paid(first, 'b1');
    // No close: what a killed process leaves behind.
    expect((await start()).books().payments).toMatchObject([{ status: 'succeeded' }]);
  });

  it('go on with deliveries and settlements that an earlier run left open', async () => {
    const first = await start({
      hyperswitchWebhookUrl: 'http://127.0.0.1:9/nobody',
      webhookBackoffMs: [60_000],
    });
    const payment_id = await paid(first, 'c1');
    await hyperswitch(first.url, 'POST', '/refunds', { payment_id, refund_id: refundIdOf('c1') });
    await first.close();

    const receiver = await new Receiver().start();
    const second = await start({ hyperswitchWebhookUrl: receiver.url, autoSettleMs: 0 });
    await waitFor(() => receiver.deliveries.length === 2);
    expect(second.books().refunds).toMatchObject([{ status: 'succeeded' }]);
    expect(receiver.types().sort()).toEqual(['payment_succeeded', 'refund_succeeded']);
    await receiver.close();
  });

  it('refuse a file that holds no books, in one sentence', async () => {
    const stateFile = join(folder, 'broken.json');
    for (const text of ['{"payments":', '[]']) {
      writeFileSync(stateFile, text);
      await expect(start({ stateFile })).rejects.toThrow(/remove it to start empty/);
    }
  });

  it('balance: transfers less reversals and payouts are what the sellers hold', async () => {
    const sandbox = await start();
    const destination = await readySeller(sandbox);
    const ids: unknown[] = [];
    for (const amount of ['100', '250', '75']) {
      ids.push(
        (await stripeCall(sandbox.url, '/v1/transfers', { destination, amount, currency: 'eur' })).body['id'],
      );
    }
    await stripeCall(sandbox.url, `/v1/transfers/${String(ids[1])}/reversals`, { amount: '50' });
    sandbox.payOutAccount(destination);
    await stripeCall(sandbox.url, '/v1/transfers', { destination, amount: '30', currency: 'eur' });
    const { accounts, totals } = sandbox.books();
    expect(totals['EUR']).toMatchObject({ transferredMinor: 455, reversedMinor: 50 });
    expect(accounts[0]).toMatchObject({ balancesMinor: { eur: 30 }, paidOutMinor: { eur: 375 } });
  });

  it('refuse to start with an empty secret', async () => {
    await expect(start({ hyperswitchWebhookSecret: '' })).rejects.toThrow(/hyperswitchWebhookSecret/);
  });
});

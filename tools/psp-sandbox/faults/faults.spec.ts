import { request } from 'node:http';
import { waitFor } from '../../../test/support/wait-for.js';
import type { CallFault, Sandbox } from '../index.js';
import {
  hyperswitch,
  paid,
  paymentIdOf,
  readySeller,
  refundIdOf,
  startSandbox,
  stripeCall,
} from '../spec-support.js';

describe('ordered faults of the payment sandbox', () => {
  let sandbox: Sandbox;
  let paymentId: string;
  beforeEach(async () => {
    sandbox = await startSandbox();
    paymentId = await paid(sandbox, 'f1');
  });
  afterEach(() => sandbox.close());

  const refund = (): ReturnType<typeof hyperswitch> =>
    hyperswitch(sandbox.url, 'POST', '/refunds', { payment_id: paymentId, refund_id: refundIdOf('f1') });
  const refundCount = (): number => sandbox.books().refunds.length;
  const order = (fault: CallFault): number => sandbox.orderFault({ match: { path: '^/refunds$' }, ...fault });

  it('drop the connection before anything is done', async () => {
    order({ fault: 'drop_before_commit' });
    await expect(refund()).rejects.toThrow('fetch failed');
    expect(refundCount()).toBe(0);
    expect((await refund()).status).toBe(200);
  });

  it('drop the connection after the refund was made', async () => {
    order({ fault: 'drop_after_commit' });
    await expect(refund()).rejects.toThrow('fetch failed');
    expect(refundCount()).toBe(1);
    expect(sandbox.requests().at(-1)).toMatchObject({
      path: '/refunds',
      fault: 'drop_after_commit',
      status: null,
    });
  });

  it('break the answer off in the middle', async () => {
    order({ fault: 'truncate' });
    await expect(refund()).rejects.toThrow();
    expect(refundCount()).toBe(1);
  });

  it('answer an ordered status and body without doing anything', async () => {
    order({ fault: 'status', status: 502, body: '<h1>Bad gateway</h1>' });
    const reply = await refund();
    expect([reply.status, reply.body]).toEqual([502, { text: '<h1>Bad gateway</h1>' }]);
    order({ fault: 'status' });
    expect((await refund()).status).toBe(500);
    expect(refundCount()).toBe(0);
  });

  it('answer an ordered status after the refund was made, when told to', async () => {
    order({ fault: 'status', status: 500, commit: true });
    expect((await refund()).status).toBe(500);
    expect(refundCount()).toBe(1);
  });

  it('answer an empty object or an empty id although the money moved', async () => {
    const destination = await readySeller(sandbox);
    const form = { destination, amount: '100', currency: 'eur' };
    sandbox.orderFault({ fault: 'empty_object', match: { path: '^/v1/transfers$' } });
    expect((await stripeCall(sandbox.url, '/v1/transfers', form)).body).toEqual({});
    sandbox.orderFault({ fault: 'empty_id', match: { path: '^/v1/transfers$' } });
    expect((await stripeCall(sandbox.url, '/v1/transfers', form)).body).toMatchObject({
      id: '',
      amount: 100,
    });
    expect(sandbox.books().transfers).toHaveLength(2);
    order({ fault: 'empty_id' });
    expect((await refund()).body).toMatchObject({ refund_id: '', status: 'pending' });
  });

  it('keep an invented 500 under the idempotency key, as Stripe does', async () => {
    const form = { destination: await readySeller(sandbox), amount: '100', currency: 'eur' };
    sandbox.orderFault({ fault: 'status', status: 500, store: true, match: { path: '^/v1/transfers$' } });
    const headers = { 'idempotency-key': 'k-1' };
    for (const replayed of [null, 'true']) {
      const reply = await stripeCall(sandbox.url, '/v1/transfers', form, headers);
      expect([reply.status, reply.headers.get('idempotent-replayed')]).toEqual([500, replayed]);
    }
    expect(sandbox.books().transfers).toEqual([]);
  });

  it('delay the answer', async () => {
    order({ fault: 'delay', delayMs: 50 });
    const startedAt = Date.now();
    expect((await refund()).status).toBe(200);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(45);
  });

  it('hold the answer until it is released, with the refund already made', async () => {
    order({ fault: 'hold' });
    const answer = refund();
    await waitFor(() => sandbox.holds().length === 1);
    expect(sandbox.holds()[0]).toMatchObject({ path: '/refunds', isCommitted: true, isCallerGone: false });
    expect(refundCount()).toBe(1);
    expect(sandbox.releaseHolds()).toBe(1);
    expect((await answer).status).toBe(200);
  });

  it('see that the caller of a held call is gone', async () => {
    order({ fault: 'hold' });
    const body = JSON.stringify({ payment_id: paymentId });
    const call = request(`${sandbox.url}/refunds`, {
      method: 'POST',
      headers: { 'api-key': 'snd_test_api_key' },
    });
    call.on('error', () => undefined).end(body);
    await waitFor(() => sandbox.holds().length === 1);
    call.destroy();
    await waitFor(() => sandbox.holds()[0]?.isCallerGone === true);
    expect(sandbox.releaseHolds(sandbox.holds()[0]?.id)).toBe(1);
  });

  it('strike only what matches, as often as ordered, after as many as ordered', async () => {
    order({
      fault: 'status',
      times: 2,
      after: 1,
      match: { method: 'GET', path: '^/payments/pay_.*force_sync' },
    });
    const path = `/payments/${paymentIdOf('f1')}`;
    expect((await hyperswitch(sandbox.url, 'GET', path)).status).toBe(200);
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      statuses.push((await hyperswitch(sandbox.url, 'GET', `${path}?force_sync=true`)).status);
    }
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect(sandbox.standingFaults()).toEqual([]);
  });
});

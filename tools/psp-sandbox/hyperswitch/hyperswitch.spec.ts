import { waitFor } from '../../../test/support/wait-for.js';
import type { Sandbox } from '../index.js';
import { hyperswitch, paid, paymentIdOf, refundIdOf, startSandbox } from '../spec-support.js';

describe('Hyperswitch side of the payment sandbox', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    sandbox.reset();
    sandbox.updateSettings({ hyperswitchDialect: 'document', autoSettleMs: null });
  });

  const call = (method: string, path: string, body?: unknown): ReturnType<typeof hyperswitch> =>
    hyperswitch(sandbox.url, method, path, body);
  const codeOf = (body: Record<string, unknown>): unknown =>
    (body['error'] as { code?: string } | undefined)?.code;
  const order = { payment_id: paymentIdOf('a1'), amount: 2500, currency: 'EUR' };

  it('creates a payment under our id and shows it again', async () => {
    const metadata = { order_id: 'o-1' };
    const created = await call('POST', '/payments', {
      ...order,
      metadata,
      merchant_order_reference_id: 'o-1',
    });
    expect(created.status).toBe(200);
    expect(created.body).toMatchObject({
      payment_id: order.payment_id,
      status: 'requires_payment_method',
      metadata,
    });
    sandbox.succeedPayment(order.payment_id);
    const found = await call('GET', `/payments/${order.payment_id}?force_sync=true`);
    expect(found.body).toMatchObject({ status: 'succeeded', amount_received: 2500, connector: 'stripe' });
    expect(sandbox.books().totals).toEqual({
      EUR: { capturedMinor: 2500, refundedMinor: 0, transferredMinor: 0, reversedMinor: 0 },
    });
  });

  it('answers 401 IR_01 to a wrong key and keeps nothing', async () => {
    const reply = await hyperswitch(sandbox.url, 'POST', '/payments', order, 'wrong');
    expect([reply.status, codeOf(reply.body)]).toEqual([401, 'IR_01']);
    expect(sandbox.books().payments).toEqual([]);
  });

  it('refuses a second payment with the same id as HE_01', async () => {
    await call('POST', '/payments', order);
    const again = await call('POST', '/payments', { ...order, amount: 999 });
    expect([again.status, codeOf(again.body)]).toEqual([400, 'HE_01']);
    expect(sandbox.books().payments.map((row) => row.amountMinor)).toEqual([2500]);
  });

  it.each([
    ['a missing amount', { currency: 'EUR' }, 400, 'IR_04'],
    ['a fraction', { amount: 1.5, currency: 'EUR' }, 400, 'IR_06'],
    ['a negative amount', { amount: -1, currency: 'EUR' }, 422, 'IR_05'],
    ['a lower-case currency', { amount: 100, currency: 'eur' }, 400, 'IR_07'],
    ['an unknown field', { amount: 100, currency: 'EUR', colour: 'red' }, 400, 'IR_06'],
    ['text that is not JSON', '{"amount":', 400, 'IR_06'],
  ])('refuses %s', async (_what, body, status, code) => {
    const reply = await call('POST', '/payments', body);
    expect([reply.status, codeOf(reply.body)]).toEqual([status, code]);
    expect(sandbox.books().payments).toEqual([]);
  });

  it('answers 404 HE_02 for unknown payments and refunds, IR_02 for unknown paths', async () => {
    for (const path of ['/payments/pay_unknown', '/refunds/ref_unknown']) {
      const reply = await call('GET', path);
      expect([reply.status, codeOf(reply.body)]).toEqual([404, 'HE_02']);
    }
    expect(codeOf((await call('GET', '/nowhere')).body)).toBe('IR_02');
  });

  it('cancels an open payment and refuses to cancel a captured one', async () => {
    await call('POST', '/payments', order);
    const cancelled = await call('POST', `/payments/${order.payment_id}/cancel`, {
      cancellation_reason: 'expired',
    });
    expect(cancelled.body).toMatchObject({ status: 'cancelled', cancellation_reason: 'expired' });
    const id = await paid(sandbox, 'b2');
    const refused = await call('POST', `/payments/${id}/cancel`, {});
    expect([refused.status, codeOf(refused.body)]).toEqual([400, 'IR_16']);
  });

  it('lets a card decide at confirmation and a failed payment succeed later', async () => {
    await call('POST', '/payments', order);
    const card = {
      payment_method: 'card',
      payment_method_data: { card: { card_number: '4000000000000002' } },
    };
    const declined = await call('POST', `/payments/${order.payment_id}/confirm`, card);
    expect(declined.body).toMatchObject({
      status: 'failed',
      error_code: 'card_declined',
      amount_received: null,
    });
    expect(sandbox.succeedPayment(order.payment_id).status).toBe('succeeded');
  });

  it('lists payments newest first with cursors', async () => {
    for (const tail of ['c1', 'c2', 'c3']) await paid(sandbox, tail);
    const query = `?limit=1&starting_after=${paymentIdOf('c3')}`;
    const { body } = await call('GET', `/payments/list${query}`);
    expect(body).toEqual([{ size: 1, data: [expect.objectContaining({ payment_id: paymentIdOf('c2') })] }]);
  });

  describe('refunds', () => {
    const refund = (paymentId: string, tail: string, amount?: number): ReturnType<typeof hyperswitch> =>
      call('POST', '/refunds', {
        payment_id: paymentId,
        refund_id: refundIdOf(tail),
        ...(amount === undefined ? {} : { amount }),
      });

    it('start pending under our id and refund everything when no amount is given', async () => {
      const id = await paid(sandbox, 'd1');
      const reply = await refund(id, 'r1');
      expect(reply.body).toMatchObject({
        refund_id: refundIdOf('r1'),
        status: 'pending',
        amount: 2500,
        currency: 'EUR',
      });
      expect(sandbox.books().totals['EUR']?.refundedMinor).toBe(0);
      sandbox.succeedRefund(refundIdOf('r1'));
      expect((await call('GET', `/refunds/${refundIdOf('r1')}`)).body).toMatchObject({ status: 'succeeded' });
      expect(sandbox.books().totals['EUR']?.refundedMinor).toBe(2500);
    });

    it('with a known id are HE_01 and move no money', async () => {
      const id = await paid(sandbox, 'd2');
      await refund(id, 'r1');
      const again = await refund(id, 'r1');
      expect([again.status, codeOf(again.body)]).toEqual([400, 'HE_01']);
      expect(sandbox.books().refunds).toHaveLength(1);
    });

    it('over the captured sum are IR_13, counting pending ones and not failed ones', async () => {
      const id = await paid(sandbox, 'd3');
      await refund(id, 'r1', 2000);
      const over = await refund(id, 'r2', 501);
      expect([over.status, codeOf(over.body)]).toEqual([400, 'IR_13']);
      sandbox.failRefund(refundIdOf('r1'));
      expect((await refund(id, 'r3', 2500)).status).toBe(200);
    });

    it('of a payment that has not succeeded are IR_14, and the eleventh is IR_12', async () => {
      await call('POST', '/payments', order);
      expect(codeOf((await refund(order.payment_id, 'r0', 100)).body)).toBe('IR_14');
      const id = await paid(sandbox, 'd4');
      for (let index = 10; index < 20; index += 1) await refund(id, `n${String(index)}`, 100);
      const eleventh = await refund(id, 'n20', 100);
      expect([eleventh.status, codeOf(eleventh.body)]).toEqual([400, 'IR_12']);
    });

    it('take only the reasons that the connector knows', async () => {
      const id = await paid(sandbox, 'd5');
      const free = await call('POST', '/refunds', {
        payment_id: id,
        amount: 100,
        reason: 'I do not like it',
      });
      expect([free.status, codeOf(free.body)]).toEqual([400, 'IR_07']);
      const known = await call('POST', '/refunds', {
        payment_id: id,
        amount: 100,
        reason: 'requested_by_customer',
      });
      expect(known.status).toBe(200);
    });

    it('are listed by payment, state and page', async () => {
      const id = await paid(sandbox, 'd6');
      for (const tail of ['l1', 'l2', 'l3']) await refund(id, tail, 100);
      sandbox.succeedRefund(refundIdOf('l2'));
      const { body } = await call('POST', '/refunds/list', {
        payment_id: id,
        refund_status: ['pending'],
        limit: 1,
      });
      expect(body).toMatchObject({ count: 1, total_count: 2, data: [{ refund_id: refundIdOf('l3') }] });
    });

    it('settle by themselves when the sandbox is told so', async () => {
      sandbox.updateSettings({ autoSettleMs: 0 });
      const id = await paid(sandbox, 'd7');
      await refund(id, 'r1');
      await waitFor(() => sandbox.books().refunds[0]?.status === 'succeeded');
    });
  });

  describe('in the dialect of the server', () => {
    beforeEach(() => {
      sandbox.updateSettings({ hyperswitchDialect: 'server' });
    });

    it('nests errors only, and shows no payment method before there is one', async () => {
      const missing = await call('GET', '/payments/pay_unknown');
      expect(Object.keys(missing.body)).toEqual(['error']);
      const created = await call('POST', '/payments', order);
      expect(created.body).toMatchObject({ payment_method: null, amount_capturable: 2500 });
      sandbox.succeedPayment(order.payment_id);
      expect((await call('GET', '/payments/list')).body).toMatchObject({
        size: 1,
        data: [{ amount_capturable: 0 }],
      });
    });

    it('answers IR_13, not HE_01, to a repeated full refund, because the sum is checked before the id', async () => {
      const id = await paid(sandbox, 'e1');
      const body = { payment_id: id, refund_id: refundIdOf('e1'), amount: 2500 };
      await call('POST', '/refunds', body);
      expect(codeOf((await call('POST', '/refunds', body)).body)).toBe('IR_13');
      expect(sandbox.books().refunds).toHaveLength(1);
    });
  });
});

import type { Sandbox } from '../index.js';
import { control, hyperswitch, paid, Receiver, startSandbox } from '../spec-support.js';

describe('disputes of the payment sandbox', () => {
  let sandbox: Sandbox;
  let receiver: Receiver;
  let paymentId: string;
  beforeEach(async () => {
    receiver = await new Receiver().start();
    sandbox = await startSandbox();
    paymentId = await paid(sandbox, 'd1');
    await sandbox.whenWebhooksAreQuiet();
    sandbox.setWebhookUrls({ hyperswitch: receiver.url });
  });
  afterEach(async () => {
    await sandbox.close();
    await receiver.close();
  });

  it('announce each state with the amount as a text, under one event id per state', async () => {
    const { id } = sandbox.disputeOpened(paymentId, { amountMinor: 900, reason: 'product_not_received' });
    await sandbox.whenWebhooksAreQuiet();
    sandbox.disputeMoved(id, 'dispute_challenged');
    await sandbox.whenWebhooksAreQuiet();
    sandbox.disputeLost(id);
    await sandbox.whenWebhooksAreQuiet();
    const events = receiver.deliveries.map(({ body }) => JSON.parse(body) as DisputeDelivery);
    expect(events.map((event) => event.event_type)).toEqual([
      'dispute_opened',
      'dispute_challenged',
      'dispute_lost',
    ]);
    expect(new Set(events.map((event) => event.event_id)).size).toBe(3);
    expect(events[0]?.content).toMatchObject({
      type: 'dispute_details',
      object: {
        dispute_id: id,
        payment_id: paymentId,
        amount: '900',
        currency: 'EUR',
        dispute_status: 'dispute_opened',
        connector_reason: 'product_not_received',
      },
    });
  });

  it('show in the payment and count until the bank gives the money back', async () => {
    const { id } = sandbox.disputeOpened(paymentId);
    expect((await hyperswitch(sandbox.url, 'GET', `/payments/${paymentId}`)).body).toMatchObject({
      disputes: [{ dispute_id: id, amount: '2500', dispute_status: 'dispute_opened' }],
    });
    expect(sandbox.books().disputedMinor).toEqual({ EUR: 2500 });
    expect(sandbox.books().totals['EUR']?.capturedMinor).toBe(2500);
    sandbox.disputeWon(id);
    expect(sandbox.books().disputedMinor).toEqual({ EUR: 0 });
    expect(sandbox.disputeWon(id)).toMatchObject({ status: 'dispute_won' });
    expect(() => sandbox.disputeLost(id)).toThrow();
  });

  it('are decided over HTTP, where they are possible', async () => {
    const opened = await control(sandbox.url, 'POST', `/payments/${paymentId}/dispute`, { amountMinor: 100 });
    expect(opened.body).toMatchObject({ amountMinor: 100, status: 'dispute_opened' });
    const path = `/disputes/${String(opened.body['id'])}`;
    expect((await control(sandbox.url, 'POST', `${path}/challenge`)).body).toMatchObject({
      status: 'dispute_challenged',
    });
    expect((await control(sandbox.url, 'POST', `${path}/lose`)).body).toMatchObject({
      status: 'dispute_lost',
    });
    expect((await control(sandbox.url, 'POST', `${path}/win`)).status).toBe(409);
    expect((await control(sandbox.url, 'POST', '/disputes/x/win')).status).toBe(404);
    expect((await control(sandbox.url, 'POST', '/payments/x/dispute')).status).toBe(404);
    const over = await control(sandbox.url, 'POST', `/payments/${paymentId}/dispute`, { amountMinor: 2501 });
    expect(over.status).toBe(409);
  });
});

interface DisputeDelivery {
  event_id: string;
  event_type: string;
  content: { type: string; object: Record<string, unknown> };
}

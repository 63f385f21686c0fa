import { execFileSync } from 'node:child_process';
import Stripe from 'stripe';
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
  TEST_KEYS,
} from '../spec-support.js';

/** HMAC-SHA512 as the `openssl` program works it out, so that nothing of Node judges itself. */
const opensslHmac = (body: string, secret: string): string => {
  const output = execFileSync('openssl', ['dgst', '-sha512', '-hmac', secret], { input: body }).toString();
  return output.trim().split(' ').at(-1) ?? '';
};

describe('webhooks of the payment sandbox', () => {
  let sandbox: Sandbox;
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await new Receiver().start();
    sandbox = await startSandbox({ hyperswitchWebhookUrl: receiver.url, stripeWebhookUrl: receiver.url });
  });
  afterEach(async () => {
    await sandbox.close();
    await receiver.close();
  });

  const refunded = async (tail: string): Promise<string> => {
    const payment_id = await paid(sandbox, tail);
    const refund_id = refundIdOf(tail);
    await hyperswitch(sandbox.url, 'POST', '/refunds', {
      payment_id,
      refund_id,
      metadata: { note: 'é "x" 1.0' },
    });
    sandbox.succeedRefund(refund_id);
    await sandbox.whenWebhooksAreQuiet();
    return refund_id;
  };
  const bodyOf = (type: string): Record<string, unknown> => {
    const index = receiver.types().indexOf(type);
    return JSON.parse(receiver.deliveries[index]?.body ?? '{}') as Record<string, unknown>;
  };

  it('of Hyperswitch carry the real envelope and an HMAC that openssl finds too', async () => {
    const refundId = await refunded('a1');
    expect(receiver.types().sort()).toEqual(['payment_succeeded', 'refund_succeeded']);
    expect(bodyOf('refund_succeeded')).toMatchObject({
      event_type: 'refund_succeeded',
      content: { type: 'refund_details', object: { refund_id: refundId, status: 'succeeded', amount: 2500 } },
    });
    expect(bodyOf('payment_succeeded')).toMatchObject({ content: { type: 'payment_details' } });
    for (const { body, headers } of receiver.deliveries) {
      expect(headers['x-webhook-signature-512']).toBe(opensslHmac(body, TEST_KEYS.hyperswitchWebhookSecret));
    }
  });

  it('of Stripe verify with constructEvent under the secret of their own endpoint', async () => {
    const destination = await readySeller(sandbox);
    await stripeCall(sandbox.url, '/v1/transfers', { destination, amount: '100', currency: 'eur' });
    await sandbox.whenWebhooksAreQuiet();
    const stripe = new Stripe(TEST_KEYS.stripeSecretKey);
    const secrets: Record<string, string> = {
      'account.updated': TEST_KEYS.stripeConnectWebhookSecret,
      'transfer.created': TEST_KEYS.stripeWebhookSecret,
    };
    expect(receiver.types().sort()).toEqual(Object.keys(secrets));
    for (const { body, headers } of receiver.deliveries) {
      const signature = String(headers['stripe-signature']);
      const { type } = JSON.parse(body) as { type: string };
      const event = stripe.webhooks.constructEvent(body, signature, secrets[type] ?? '');
      expect(event.account).toBe(type === 'account.updated' ? destination : undefined);
      expect(event.livemode).toBe(false);
      const [timestamp] = signature.split(',');
      const expected = stripe.webhooks.generateTestHeaderString({
        payload: body,
        secret: secrets[type] ?? '',
        timestamp: Number(timestamp?.slice(2)),
      });
      expect(signature).toBe(expected);
    }
  });

  it('are born once per object and event type, with an id that stays', async () => {
    const refundId = await refunded('b1');
    sandbox.failRefund(refundId);
    sandbox.succeedRefund(refundId);
    await sandbox.whenWebhooksAreQuiet();
    expect(receiver.types().sort()).toEqual(['payment_succeeded', 'refund_failed', 'refund_succeeded']);
    const { event_id: eventId } = bodyOf('refund_succeeded');
    expect(sandbox.resendWebhook(String(eventId))).toBe(true);
    await sandbox.whenWebhooksAreQuiet();
    const copies = receiver.deliveries.filter(({ body }) => body.includes(String(eventId)));
    expect(copies).toHaveLength(2);
    expect(copies[0]?.body).toBe(copies[1]?.body);
    expect(copies[0]?.headers['x-webhook-signature-512']).toBe(copies[1]?.headers['x-webhook-signature-512']);
  });

  it('are silent about a refund in review', async () => {
    const payment_id = await paid(sandbox, 'c1');
    await hyperswitch(sandbox.url, 'POST', '/refunds', { payment_id, refund_id: refundIdOf('c1') });
    sandbox.reviewRefund(refundIdOf('c1'));
    await sandbox.whenWebhooksAreQuiet();
    expect(receiver.types()).toEqual(['payment_succeeded']);
  });

  it('are tried again until a 2xx, and each attempt is on record', async () => {
    receiver.answers.push(500, 503);
    await paid(sandbox, 'd1');
    await sandbox.whenWebhooksAreQuiet();
    const [event] = sandbox.events();
    expect(event?.state).toBe('delivered');
    expect(event?.deliveries.map(({ status }) => status)).toEqual([500, 503, 200]);
  });

  it('are dead when the attempts are used up', async () => {
    receiver.answers.push(500, 500, 500, 500);
    await paid(sandbox, 'd2');
    await sandbox.whenWebhooksAreQuiet();
    expect(sandbox.events()[0]).toMatchObject({ state: 'dead', deliveries: { length: 4 } });
  });

  describe('under an ordered fault', () => {
    it('are lost for good until somebody sends them again', async () => {
      sandbox.orderFault({ webhook: 'lose', match: { type: 'payment_' } });
      await paid(sandbox, 'e1');
      await sandbox.whenWebhooksAreQuiet();
      expect([receiver.types(), sandbox.events()[0]?.state]).toEqual([[], 'lost']);
      sandbox.resendWebhook(sandbox.events()[0]?.id ?? '');
      await sandbox.whenWebhooksAreQuiet();
      expect(receiver.types()).toEqual(['payment_succeeded']);
    });

    it('arrive twice with the same bytes', async () => {
      sandbox.orderFault({ webhook: 'duplicate' });
      await paid(sandbox, 'e2');
      await sandbox.whenWebhooksAreQuiet();
      expect(receiver.deliveries).toHaveLength(2);
      expect(receiver.deliveries[0]?.body).toBe(receiver.deliveries[1]?.body);
    });

    it('arrive after the event that follows', async () => {
      sandbox.orderFault({ webhook: 'reorder', match: { type: 'payment_succeeded' } });
      await refunded('e3');
      await waitFor(() => receiver.deliveries.length === 2);
      expect(receiver.types()).toEqual(['refund_succeeded', 'payment_succeeded']);
    });

    it('arrive late', async () => {
      sandbox.orderFault({ webhook: 'delay', delayMs: 60 });
      const startedAt = Date.now();
      await paid(sandbox, 'e4');
      await sandbox.whenWebhooksAreQuiet();
      expect(receiver.types()).toEqual(['payment_succeeded']);
      expect(Date.now() - startedAt).toBeGreaterThanOrEqual(55);
    });

    it('arrive once with a signature that does not fit', async () => {
      sandbox.orderFault({ webhook: 'corrupt_signature' });
      receiver.answers.push(401);
      await paid(sandbox, 'e5');
      await sandbox.whenWebhooksAreQuiet();
      expect(receiver.deliveries).toHaveLength(1);
      const [delivery] = receiver.deliveries;
      const right = opensslHmac(delivery?.body ?? '', TEST_KEYS.hyperswitchWebhookSecret);
      expect(delivery?.headers['x-webhook-signature-512']).toMatch(/^[0-9a-f]{128}$/);
      expect(delivery?.headers['x-webhook-signature-512']).not.toBe(right);
    });
  });
});

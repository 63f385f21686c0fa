import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { itWhen } from '../../../../../test/support/skips.js';
import { classifyHyperswitchEvent, isRefundEvent } from './hyperswitch-dispatch.js';

const contractsDir = process.env.CONTRACTS_DIR ?? '../shared/contracts';
const realDelivery = join(contractsDir, 'hyperswitch-refund-succeeded.webhook.json');

describe('the dispatcher of provider events (S1)', () => {
  it('flat event_type: is a refund event', () => {
    expect(isRefundEvent({ event_type: 'refund.succeeded', refund_id: 'ref_1' })).toBe(true);
    expect(isRefundEvent({ event_type: 'refund_failed' })).toBe(true);
  });

  it('mixed case: is a refund event', () => {
    expect(isRefundEvent({ event_type: 'Refund.Succeeded' })).toBe(true);
    expect(isRefundEvent({ event_type: 'REFUND_FAILED' })).toBe(true);
  });

  it('payment event: is no refund event', () => {
    expect(isRefundEvent({ event_type: 'payment.succeeded', payment_id: 'pay_1' })).toBe(false);
    expect(
      isRefundEvent({
        event_type: 'payment_succeeded',
        payment_id: 'pay_1',
        refunds: [{ refund_id: 'ref_1' }],
      }),
    ).toBe(false);
  });

  it('refund_id alone: is a refund event', () => {
    expect(isRefundEvent({ refund_id: 'ref_1', status: 'succeeded' })).toBe(true);
  });

  it('empty: is no refund event', () => {
    expect(isRefundEvent({})).toBe(false);
    expect(isRefundEvent({ event_type: '', refund_id: '' })).toBe(false);
  });

  it('nested object.refund_id: is a refund event', () => {
    expect(isRefundEvent({ object: { refund_id: 'ref_1', status: 'failed' } })).toBe(true);
  });
});

describe('classifying a delivery of Hyperswitch', () => {
  it('reads the flat shape', () => {
    expect(
      classifyHyperswitchEvent({
        event_type: 'refund.failed',
        refund_id: 'ref_1',
        payment_id: 'pay_1',
        status: 'failed',
        error_message: 'no',
      }),
    ).toMatchObject({
      kind: 'refund',
      eventType: 'refund.failed',
      objectId: 'ref_1',
      paymentId: 'pay_1',
      status: 'failed',
      errorMessage: 'no',
    });
  });

  it('lets flat fields win over those of the object', () => {
    const event = classifyHyperswitchEvent({
      event_type: 'refund_succeeded',
      refund_id: 'ref_flat',
      object: { refund_id: 'ref_nested', status: 'pending', payment_id: 'pay_nested' },
    });
    expect(event).toMatchObject({ objectId: 'ref_flat', status: 'pending', paymentId: 'pay_nested' });
  });

  it('reads the real envelope of a payment with its refunds as a payment (07 7.9.18)', () => {
    const event = classifyHyperswitchEvent({
      event_id: 'evt_1',
      event_type: 'payment_succeeded',
      content: {
        type: 'payment_details',
        object: {
          payment_id: 'pay_1',
          status: 'succeeded',
          amount: 2500,
          amount_received: 2400,
          currency: 'EUR',
          updated: '2026-01-01T12:00:00.000Z',
          refunds: [{ refund_id: 'ref_1', status: 'succeeded' }],
        },
      },
    });
    expect(event).toMatchObject({
      kind: 'payment',
      objectId: 'pay_1',
      amountMinor: 2400,
      currency: 'EUR',
      updatedAt: new Date('2026-01-01T12:00:00.000Z'),
    });
  });

  it('routes by the content and not by a refund id in it', () => {
    const object = { payment_id: 'pay_1', refund_id: 'ref_1', status: 'succeeded' };
    const event = { event_type: 'payment_succeeded', content: { type: 'payment_details', object } };
    expect(classifyHyperswitchEvent(event)).toMatchObject({ kind: 'payment', objectId: 'pay_1' });
  });

  it('falls back on the event type for unknown content', () => {
    const event = { event_type: 'refund_succeeded', content: { object: { refund_id: 'ref_1' } } };
    expect(classifyHyperswitchEvent(event)).toMatchObject({ kind: 'refund', status: 'succeeded' });
  });

  it('takes the status from the event type when the object has none', () => {
    const status = (event_type: string) =>
      (classifyHyperswitchEvent({ event_type, payment_id: 'pay_1' }) as { status?: string }).status;
    expect(status('payment_succeeded')).toBe('succeeded');
    expect(status('payment.failed')).toBe('failed');
    expect(status('Payment_Expired')).toBe('expired');
    expect(status('payment')).toBeUndefined();
  });

  it('knows disputes and what it does not care for', () => {
    const dispute = {
      event_type: 'dispute_opened',
      content: { type: 'dispute_details', object: { dispute_id: 'dp_1' } },
    };
    expect(classifyHyperswitchEvent(dispute)).toMatchObject({ kind: 'dispute', objectId: 'dp_1' });
    const mandate = {
      event_type: 'mandate_active',
      content: { type: 'mandate_details', object: { mandate_id: 'man_1' } },
    };
    expect(classifyHyperswitchEvent(mandate)).toMatchObject({ kind: 'other', objectId: 'man_1' });
  });

  it.each([
    [
      'a refund event without refund_id',
      { event_type: 'refund_succeeded', payment_id: 'pay_1' },
      'MISSING_REFUND_ID',
    ],
    ['a payment event without payment_id', { event_type: 'payment_succeeded' }, 'WEBHOOK_NAMES_NOTHING'],
    ['an empty object', {}, 'WEBHOOK_NAMES_NOTHING'],
    [
      'content without an object',
      { event_type: 'refund_failed', content: { type: 'refund_details' } },
      'MISSING_REFUND_ID',
    ],
    [
      'an id with a NUL, which no text of the database can hold',
      { event_type: 'refund_succeeded', refund_id: 'ref_\u0000' },
      'MISSING_REFUND_ID',
    ],
    ['a list', [], 'WEBHOOK_UNREADABLE'],
    ['nothing', undefined, 'WEBHOOK_UNREADABLE'],
    ['a text', 'refund', 'WEBHOOK_UNREADABLE'],
  ])('rejects %s', (_what, payload, code) => {
    expect(classifyHyperswitchEvent(payload)).toMatchObject({ kind: 'rejected', code });
  });

  itWhen(
    existsSync(realDelivery),
    `${realDelivery} is not there (CONTRACTS_DIR)`,
    'reads a real delivery',
    async () => {
      expect(classifyHyperswitchEvent(JSON.parse(readFileSync(realDelivery, 'utf8')))).toMatchObject({
        kind: 'refund',
        eventType: 'refund_succeeded',
        objectId: 'ref_xajIH1oeqxRF3eEJqkYW',
        paymentId: 'pay_ooHZcoR2DsBzNKs8cq1V',
        status: 'succeeded',
        amountMinor: 100,
        currency: 'USD',
        updatedAt: new Date('2026-08-12T08:15:02.094Z'),
      });
    },
  );
});

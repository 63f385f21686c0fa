import Stripe from 'stripe';
import { classifyStripeEvent, isTestModeEvent } from './stripe-dispatch.js';
import { isSignedByStripe } from './stripe-signature.js';

const PLATFORM = 'whsec_platform';
const CONNECT = 'whsec_connect';
const body = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'account.updated',
  data: { object: { id: 'acct_1' } },
});
const sign = (secret: string, timestamp = Math.floor(Date.now() / 1000), payload = body): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });

describe('the signature of Stripe', () => {
  it('takes the secrets of the platform and of Connect alike', () => {
    expect(isSignedByStripe(Buffer.from(body), sign(PLATFORM), [PLATFORM, CONNECT])).toBe(true);
    expect(isSignedByStripe(Buffer.from(body), sign(CONNECT), [PLATFORM, CONNECT])).toBe(true);
  });

  it('leaves a signed body that is no JSON to the inbox', () => {
    expect(isSignedByStripe(Buffer.from('{'), sign(PLATFORM, undefined, '{'), [PLATFORM])).toBe(true);
  });

  it.each([
    ['none', undefined],
    ['one of another secret', sign('whsec_other')],
    ['one of ten minutes ago', sign(PLATFORM, Math.floor(Date.now() / 1000) - 600)],
    ['nonsense', 't=1,v1=00'],
    ['an empty one', ''],
  ])('refuses %s', (_what, signature) => {
    expect(isSignedByStripe(Buffer.from(body), signature, [PLATFORM, CONNECT])).toBe(false);
  });

  it('refuses other bytes and an empty secret', () => {
    expect(isSignedByStripe(Buffer.from(`${body} `), sign(PLATFORM), [PLATFORM])).toBe(false);
    expect(isSignedByStripe(Buffer.from(body), sign(PLATFORM), [''])).toBe(false);
  });
});

describe('classifying an event of Stripe', () => {
  it('knows accounts, transfers and what it does not care for', () => {
    const account = {
      id: 'evt_1',
      type: 'account.updated',
      created: 1_700_000_000,
      account: 'acct_1',
      data: { object: { id: 'acct_1', object: 'account' } },
    };
    expect(classifyStripeEvent(account)).toMatchObject({
      kind: 'account',
      objectId: 'acct_1',
      account: 'acct_1',
      updatedAt: new Date(1_700_000_000_000),
    });
    const transfer = { type: 'transfer.reversed', data: { object: { id: 'tr_1', object: 'transfer' } } };
    expect(classifyStripeEvent(transfer)).toMatchObject({ kind: 'transfer', objectId: 'tr_1' });
    const balance = { type: 'payout.failed', data: { object: { id: 'po_1', object: 'payout' } } };
    expect(classifyStripeEvent(balance)).toMatchObject({ kind: 'other', objectId: 'po_1' });
  });

  it('names the account of a deauthorisation, whose object is the application', () => {
    const event = {
      type: 'account.application.deauthorized',
      account: 'acct_9',
      data: { object: { id: 'ca_1', object: 'application' } },
    };
    expect(classifyStripeEvent(event)).toMatchObject({ kind: 'account', objectId: 'acct_9' });
  });

  it.each([
    [undefined],
    [{}],
    [{ type: 'account.updated' }],
    [{ type: 'account.updated', data: { object: {} } }],
    [[]],
  ])('rejects %j', (payload) => {
    const code =
      payload === undefined || Array.isArray(payload) ? 'WEBHOOK_UNREADABLE' : 'WEBHOOK_NAMES_NOTHING';
    expect(classifyStripeEvent(payload)).toMatchObject({ kind: 'rejected', code });
  });

  it('tells the test mode from the live mode', () => {
    expect(isTestModeEvent({ livemode: false })).toBe(true);
    expect(isTestModeEvent({ livemode: true })).toBe(false);
    expect(isTestModeEvent(undefined)).toBe(false);
  });
});

import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  ApprovalActions,
  type Approval,
  type ApprovalRequest,
  Approvals,
} from '../../../src/core/marketplace/approvals/index.js';
import { Transactional } from '../../../src/infrastructure/database/index.js';
import { type Actor, newActor, waitFor } from '../../support/index.js';
import type { MoneyWorld, Seller } from '../core/marketplace/money-world.js';

/** A request that can succeed once, with what it needs already there. */
export interface IdempotentRequest {
  path: string;
  body?: object;
}

/** How to call one route that takes `Idempotency-Key`. */
export interface IdempotentRoute {
  actor(world: MoneyWorld): Promise<Actor>;
  request(world: MoneyWorld, actor: Actor): Promise<IdempotentRequest>;
  /** Ends what would be felt by the other routes. */
  cleanUp?(world: MoneyWorld): Promise<void>;
}

@Injectable()
class Asking {
  constructor(private readonly approvals: Approvals) {}

  @Transactional()
  request(request: ApprovalRequest): Promise<Approval> {
    return this.approvals.request(request);
  }
}

const ACTION = 'test.idempotency';
const asAdmin = (world: MoneyWorld): Promise<Actor> => world.admin();
const asBuyer = (world: MoneyWorld): Promise<Actor> => world.buyer();
const asCreator = (world: MoneyWorld): Promise<Actor> => newActor(world.test, { role: 'creator' });
const reason = 'asked by the seller';

let sellers: Map<MoneyWorld, Promise<Seller>> = new Map();
/** One seller for all orders of a world. */
const sellerOf = (world: MoneyWorld): Promise<Seller> => {
  const known = sellers.get(world) ?? world.seller();
  sellers = new Map([[world, known]]);
  return known;
};

const decision =
  (how: 'approve' | 'reject') =>
  async (world: MoneyWorld): Promise<IdempotentRequest> => {
    const actions = world.test.app.get(ApprovalActions, { strict: false });
    try {
      actions.register(ACTION, () => Promise.resolve());
    } catch {
      // Registered by an earlier case.
    }
    const asking = new Asking(world.test.app.get(Approvals, { strict: false }));
    const approval = await asking.request({
      action: ACTION,
      resourceType: 'thing',
      resourceId: randomUUID(),
      amountMinor: 1,
      currency: 'EUR',
      reason,
      payload: {},
      requestedBy: (await world.admin()).id,
    });
    return { path: `/admin/approvals/${approval.id}/${how}`, body: { reason } };
  };

/** Calls a route of administrators, whatever it answers. */
const callAsAdmin = async (world: MoneyWorld, path: string): Promise<void> => {
  await world.test.http
    .post(`/api/v1${path}`)
    .set((await world.admin()).auth)
    .send({ reason });
};

/** A pause for all, or its end, with the other one called before, so that it can succeed. */
const pauseForAll = (how: 'pause' | 'resume'): IdempotentRoute => ({
  actor: asAdmin,
  async request(world) {
    await callAsAdmin(world, `/admin/transfers/${how === 'pause' ? 'resume' : 'pause'}`);
    return { path: `/admin/transfers/${how}`, body: { reason } };
  },
  cleanUp: (world) => callAsAdmin(world, '/admin/transfers/resume'),
});

const pauseForSeller = (how: 'pause' | 'resume'): IdempotentRoute => ({
  actor: asAdmin,
  async request(world) {
    const { id } = await asCreator(world);
    if (how === 'resume') await callAsAdmin(world, `/admin/sellers/${id}/transfers/pause`);
    return { path: `/admin/sellers/${id}/transfers/${how}`, body: { reason } };
  },
});

/** Something to do about a transfer that Stripe has refused. */
const refusedTransfer = (how: 'retry' | 'cancel'): IdempotentRoute => ({
  actor: asAdmin,
  async request(world) {
    world.sandbox.orderFault({
      fault: 'status',
      status: 400,
      body: {
        error: { type: 'invalid_request_error', code: 'parameter_invalid_integer', message: 'no' },
      },
      match: { method: 'POST', path: '^/v1/transfers$' },
    });
    const order = await world.paidOrder([await sellerOf(world)], { transfers: 'failed' });
    return { path: `/admin/transfers/${(await world.transfer(order.id)).id}/${how}`, body: { reason } };
  },
});

let jobsRun = 0;
let daysReported = 0;

/** Every route that takes the key; the spec beside compares the list with the running application. */
export const IDEMPOTENT_ROUTES: Record<string, IdempotentRoute> = {
  '/admin/approvals/:id/approve': { actor: asAdmin, request: decision('approve') },
  '/admin/approvals/:id/reject': { actor: asAdmin, request: decision('reject') },
  '/admin/jobs/:id/run': {
    actor: asAdmin,
    async request(world, actor) {
      const { body } = await world.test.http.get('/api/v1/admin/jobs').set(actor.auth).expect(200);
      const jobs = (body as { data: { id: string }[] }).data;
      jobsRun += 1;
      return { path: `/admin/jobs/${jobs[jobsRun % jobs.length]!.id}/run` };
    },
  },
  '/admin/payments/exceptions/:id/resolve': {
    actor: asAdmin,
    async request(world) {
      const id = randomUUID();
      await world.test.sql(
        `INSERT INTO payment_exceptions (id, kind, dedupe_key, provider, message, details, created_at)
         VALUES ($1::uuid, 'refund_stuck', $1::text, 'hyperswitch', 'A refund is stuck', '{}', now())`,
        [id],
      );
      return { path: `/admin/payments/exceptions/${id}/resolve`, body: { note: reason } };
    },
  },
  '/admin/reconciliation-reports': {
    actor: asAdmin,
    request: () => {
      daysReported += 1;
      const day = new Date(Date.UTC(2026, 0, daysReported)).toISOString().slice(0, 10);
      return Promise.resolve({ path: '/admin/reconciliation-reports', body: { day } });
    },
  },
  '/admin/refunds/:id/resolve': {
    actor: asAdmin,
    async request(world) {
      const refund = await world.openRefund(await world.paidOrder([await sellerOf(world)]));
      world.sandbox.orderFault({ webhook: 'lose', match: { type: 'refund_succeeded' } });
      world.sandbox.succeedRefund(refund.psp_refund_id);
      return { path: `/admin/refunds/${refund.id}/resolve`, body: { outcome: 'succeeded', reason } };
    },
  },
  '/admin/sellers/:id/transfers/pause': pauseForSeller('pause'),
  '/admin/sellers/:id/transfers/resume': pauseForSeller('resume'),
  '/admin/transfers/:id/cancel': refusedTransfer('cancel'),
  '/admin/transfers/:id/retry': refusedTransfer('retry'),
  '/admin/transfers/pause': pauseForAll('pause'),
  '/admin/transfers/resume': pauseForAll('resume'),
  '/admin/webhook-events/:id/replay': {
    actor: asAdmin,
    async request(world) {
      const refundId = `ref_${randomUUID()}`;
      await world.deliver({ event_type: 'refund_succeeded', refund_id: refundId, status: 'succeeded' });
      const [row] = await waitFor(
        async () => {
          const rows = await world.test.sql<{ id: string }>(
            `SELECT id FROM webhook_events WHERE object_id = $1 AND status = 'unmatched'`,
            [refundId],
          );
          return rows.length === 1 ? rows : null;
        },
        { what: 'an unmatched delivery' },
      );
      return { path: `/admin/webhook-events/${row!.id}/replay`, body: { reason } };
    },
  },
  '/admin/webhook-events/replay': {
    actor: asAdmin,
    request: () =>
      Promise.resolve({
        path: '/admin/webhook-events/replay',
        body: { status: 'dead', from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z', reason },
      }),
  },
  '/marketplace/orders': {
    actor: asBuyer,
    async request(world) {
      const product_id = await world.product(await sellerOf(world), 700);
      return { path: '/marketplace/orders', body: { items: [{ product_id }] } };
    },
  },
  '/marketplace/orders/:id/receipt': {
    actor: asBuyer,
    async request(world, buyer) {
      const order = await world.paidOrder([await sellerOf(world)], { buyer });
      return { path: `/marketplace/orders/${order.id}/receipt` };
    },
  },
  '/marketplace/orders/:id/refund': {
    actor: asBuyer,
    async request(world, buyer) {
      const order = await world.paidOrder([await sellerOf(world)], { buyer });
      return { path: `/marketplace/orders/${order.id}/refund`, body: { reason } };
    },
  },
  '/marketplace/products': {
    actor: asCreator,
    request: () =>
      Promise.resolve({
        path: '/marketplace/products',
        body: { title: 'Mixing', product_type: 'service', price: 900, license_type: 'basic' },
      }),
  },
  '/marketplace/seller/connect/onboard': {
    actor: asCreator,
    request: () => Promise.resolve({ path: '/marketplace/seller/connect/onboard' }),
  },
  '/marketplace/discount-codes': {
    actor: asCreator,
    request: () =>
      Promise.resolve({
        path: '/marketplace/discount-codes',
        body: { code: `SAVE-${randomUUID().slice(0, 8).toUpperCase()}`, percent_bps: 1_000 },
      }),
  },
  '/users/me/become-creator': {
    actor: asBuyer,
    request: () => Promise.resolve({ path: '/users/me/become-creator' }),
  },
};

/** POST routes without the key, each with its reason. */
export const WITHOUT_KEY: Record<string, string> = {
  '/auth/login': 'keys belong to a user, and there is none yet',
  '/auth/logout': 'ends a session; what is ended stays ended',
  '/auth/refresh': 'a repeated refresh token gets the same child within 10 s (design/decisions.md)',
  '/auth/register': 'keys belong to a user, and there is none yet; the mail address is unique',
  '/internal/tracks/:id/stream-ready':
    'a callback of the stream server, applied once by the state of the track',
  '/tracks': 'the file is read as a stream: nothing is known of the request before all of it is there',
  '/webhooks/hyperswitch': 'a delivery is known by its event id (07 7.9.23)',
  '/webhooks/stripe': 'a delivery is known by its event id (07 7.9.23)',
};

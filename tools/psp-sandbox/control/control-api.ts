import { readFaultOrder } from '../faults/fault-orders.js';
import type { DisputeOpening } from '../hyperswitch/disputes.js';
import { HyperswitchRefusal } from '../hyperswitch/hyperswitch-errors.js';
import { isAmount, parseJsonObject, textOrNull, type JsonObject } from '../http/json-body.js';
import { headerOf } from '../http/request-log.js';
import { Router } from '../http/router.js';
import { ok, Refusal, type Answer, type Call, type Handler } from '../http/wire.js';
import type { SandboxControls } from '../sandbox-controls.js';
import { StripeRefusal } from '../stripe/stripe-errors.js';
import { addPages } from './pages.js';
import { readSettings, readUrls } from './settings-input.js';

/** The sandbox's own interface: books, decisions, faults and the page. No key is needed; it listens on loopback. */
export class ControlApi {
  private readonly router = new Router();

  constructor(private readonly sandbox: SandboxControls) {
    addPages(this.router, sandbox);
    this.addReading();
    this.addDecisions();
    this.addFaults();
    this.addSettings();
  }

  owns(call: Call): boolean {
    return call.path === '/' || call.path === '/favicon.ico' || call.path.startsWith('/_sandbox');
  }

  async handle(call: Call): Promise<Answer> {
    if (isFromAnotherSite(call)) return problem(403, 'This call comes from another site');
    const match = this.router.find(call);
    if (!match) return problem(404, `There is no ${call.method} ${call.path}`);
    try {
      return await match.handler({ ...call, params: match.params });
    } catch (error) {
      const refused = refusalOf(error);
      if (refused) return refused;
      throw error;
    }
  }

  private addReading(): void {
    const { sandbox } = this;
    this.router
      .add('GET', '/_sandbox/health', () => ok({ status: 'ok' }))
      .add('GET', '/_sandbox/books', () => ok(sandbox.books()))
      .add('GET', '/_sandbox/requests', () => ok(sandbox.requests()))
      .add('POST', '/_sandbox/reset', () => {
        sandbox.reset();
        return ok({ reset: true });
      });
  }

  private addDecisions(): void {
    const { sandbox } = this;
    this.decision('payments/:id/succeed', (id, body) => sandbox.succeedPayment(id, outcomeOf(body)));
    this.decision('payments/:id/fail', (id, body) => sandbox.failPayment(id, outcomeOf(body)));
    this.decision('payments/:id/expire', (id) => sandbox.expirePayment(id));
    this.decision('payments/:id/refund', (id, body) => {
      return sandbox.refundInDashboard(id, amountIn(body));
    });
    this.decision('payments/:id/dispute', (id, body) => sandbox.disputeOpened(id, openingOf(body)));
    this.decision('disputes/:id/win', (id) => sandbox.disputeWon(id));
    this.decision('disputes/:id/lose', (id) => sandbox.disputeLost(id));
    this.decision('disputes/:id/challenge', (id) => sandbox.disputeMoved(id, 'dispute_challenged'));
    this.decision('disputes/:id/accept', (id) => sandbox.disputeMoved(id, 'dispute_accepted'));
    this.decision('disputes/:id/expire', (id) => sandbox.disputeMoved(id, 'dispute_expired'));
    this.decision('disputes/:id/cancel', (id) => sandbox.disputeMoved(id, 'dispute_cancelled'));
    this.decision('refunds/:id/succeed', (id) => sandbox.succeedRefund(id));
    this.decision('refunds/:id/fail', (id, body) => sandbox.failRefund(id, outcomeOf(body)));
    this.decision('refunds/:id/review', (id) => sandbox.reviewRefund(id));
    this.decision('accounts/:id/ready', (id) => sandbox.readyAccount(id));
    this.decision('accounts/:id/restrict', (id) => sandbox.restrictAccount(id));
    this.decision('accounts/:id/deauthorize', (id) => sandbox.deauthorizeAccount(id));
    this.decision('accounts/:id/payout', (id) => sandbox.payOutAccount(id));
    this.router.add('POST', '/_sandbox/webhooks/:id/resend', ({ params }) => {
      const id = params['id'] ?? '';
      return sandbox.resendWebhook(id) ? ok({ resent: id }) : problem(404, `There is no event ${id}`);
    });
  }

  private addFaults(): void {
    const { sandbox } = this;
    this.router
      .add('GET', '/_sandbox/faults', () => ok(sandbox.standingFaults()))
      .add('POST', '/_sandbox/faults', (call) => {
        const order = readFaultOrder(bodyOf(call));
        return typeof order === 'string' ? problem(400, order) : ok({ id: sandbox.orderFault(order) });
      })
      .add('POST', '/_sandbox/faults/clear', () => {
        sandbox.clearFaults();
        return ok({ cleared: true });
      })
      .add('GET', '/_sandbox/holds', () => ok(sandbox.holds()))
      .add('POST', '/_sandbox/holds/release', (call) => {
        const { id } = bodyOf(call);
        return ok({ released: sandbox.releaseHolds(isAmount(id) ? id : undefined) });
      })
      .add('POST', '/_sandbox/idempotency/expire', () => {
        sandbox.expireIdempotencyKeys();
        return ok({ expired: true });
      });
  }

  private addSettings(): void {
    const { sandbox } = this;
    const change: Handler = (call) => {
      const body = bodyOf(call);
      const settings = readSettings(body);
      const urls = readUrls(body);
      if (typeof settings === 'string') return problem(400, settings);
      if (typeof urls === 'string') return problem(400, urls);
      sandbox.setWebhookUrls(urls);
      return ok(sandbox.updateSettings(settings));
    };
    this.router
      .add('GET', '/_sandbox/settings', () => ok(sandbox.currentSettings()))
      .add('POST', '/_sandbox/settings', change);
  }

  private decision(path: string, decide: (id: string, body: JsonObject) => unknown): void {
    this.router.add('POST', `/_sandbox/${path}`, (call) => ok(decide(call.params['id'] ?? '', bodyOf(call))));
  }
}

export const problem = (status: number, sentence: string): Answer => ({ status, body: { error: sentence } });

function bodyOf(call: Call): JsonObject {
  const body = parseJsonObject(call.bodyText);
  if (!body) throw new Refusal(400, { error: 'The body is not a JSON object' });
  return body;
}

function amountIn(body: JsonObject): number | undefined {
  return isAmount(body['amountMinor']) ? body['amountMinor'] : undefined;
}

function openingOf(body: JsonObject): DisputeOpening {
  const amountMinor = amountIn(body);
  const reason = textOrNull(body['reason']);
  return { ...(amountMinor === undefined ? {} : { amountMinor }), ...(reason === null ? {} : { reason }) };
}

function outcomeOf(body: JsonObject): {
  amountMinor?: number;
  currency?: string;
  errorCode?: string;
  errorMessage?: string;
} {
  const amountMinor = amountIn(body);
  const texts = ['currency', 'errorCode', 'errorMessage'].map(
    (name) => [name, textOrNull(body[name])] as const,
  );
  return {
    ...(amountMinor === undefined ? {} : { amountMinor }),
    ...Object.fromEntries(texts.filter(([, value]) => value !== null)),
  };
}

/** A provider's refusal, reworded: what is unknown is 404, what cannot be done now is 409. */
function refusalOf(error: unknown): Answer | null {
  if (error instanceof HyperswitchRefusal) {
    return problem(error.error.code === 'HE_02' ? 404 : 409, error.error.message);
  }
  if (error instanceof StripeRefusal) return problem(404, 'There is no such account');
  return error instanceof Refusal ? { status: error.status, body: error.body } : null;
}

/** A page of another origin must not press buttons here. */
function isFromAnotherSite(call: Call): boolean {
  const origin = headerOf(call, 'origin');
  return call.method !== 'GET' && origin !== null && origin !== `http://${headerOf(call, 'host') ?? ''}`;
}

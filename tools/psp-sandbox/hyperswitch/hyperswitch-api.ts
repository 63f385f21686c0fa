import { timingSafeEqual } from 'node:crypto';
import type { PaymentRow, RefundRow } from '../books/rows.js';
import { isAmount, parseJsonObject, textOrNull, type JsonObject } from '../http/json-body.js';
import { headerOf } from '../http/request-log.js';
import { Router } from '../http/router.js';
import { ok, type Answer, type Call } from '../http/wire.js';
import type { SandboxSettings } from '../settings.js';
import type { Disputes } from './disputes.js';
import { CANCEL_FIELDS, CONFIRM_FIELDS } from './field-names.js';
import {
  errorAnswer,
  HyperswitchRefusal,
  invalidFormat,
  unauthorized,
  unknownUrl,
  unreadableBody,
} from './hyperswitch-errors.js';
import { paymentView, refundView } from './hyperswitch-views.js';
import type { Payments } from './payments.js';
import type { Refunds } from './refunds.js';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

/** Hyperswitch's HTTP interface over the books (08 1.2). */
export class HyperswitchApi {
  private readonly router = new Router();

  constructor(
    private readonly apiKey: string,
    private readonly settings: SandboxSettings,
    private readonly payments: Payments,
    private readonly refunds: Refunds,
    private readonly disputes: Disputes,
    private readonly checkoutUrl: (paymentId: string) => string,
  ) {
    this.router
      .add('POST', '/payments', (call) => ok(this.paymentView(this.payments.create(bodyOf(call)))))
      .add('GET', '/payments/list', (call) => this.listPayments(call))
      .add('GET', '/payments/:id', (call) => ok(this.paymentView(this.payments.get(idIn(call)))))
      .add('POST', '/payments/:id/confirm', (call) => {
        const row = this.payments.confirm(idIn(call), bodyOf(call, CONFIRM_FIELDS));
        return ok(this.paymentView(row));
      })
      .add('POST', '/payments/:id/cancel', (call) => {
        const body = bodyOf(call, CANCEL_FIELDS);
        return ok(
          this.paymentView(this.payments.cancel(idIn(call), textOrNull(body['cancellation_reason']))),
        );
      })
      .add('POST', '/refunds', (call) => ok(refundView(this.refunds.create(bodyOf(call)))))
      .add('POST', '/refunds/list', (call) => this.listRefunds(call))
      .add('GET', '/refunds/:id', (call) => ok(refundView(this.refunds.get(idIn(call)))));
  }

  async handle(call: Call): Promise<Answer> {
    try {
      if (!this.isKeyRight(headerOf(call, 'api-key'))) throw unauthorized();
      const match = this.router.find(call);
      if (!match) throw unknownUrl();
      await call.beforeCommit();
      return await match.handler({ ...call, params: match.params });
    } catch (error) {
      if (error instanceof HyperswitchRefusal) return errorAnswer(error, this.settings.hyperswitchDialect);
      throw error;
    }
  }

  /** The payment with its refunds and disputes, as the API and the webhook show it. */
  paymentView(row: PaymentRow): JsonObject {
    return paymentView(row, {
      dialect: this.settings.hyperswitchDialect,
      refunds: this.refunds.ofPayment(row.id),
      disputes: this.disputes.ofPayment(row.id),
      checkoutUrl: this.checkoutUrl,
    });
  }

  private isKeyRight(given: string | null): boolean {
    const expected = Buffer.from(this.apiKey);
    const actual = Buffer.from(given ?? '');
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  }

  private listPayments(call: Call): Answer {
    const { query } = call;
    const limit = limitOf(query.get('limit') === null ? undefined : Number(query.get('limit')));
    const rows = this.payments.list((row) => isInQuery(row, query));
    const start = query.get('starting_after');
    const end = query.get('ending_before');
    const from = start === null ? 0 : rows.findIndex((row) => row.id === start) + 1;
    const to = end === null ? rows.length : rows.findIndex((row) => row.id === end);
    const data = rows.slice(from, to < 0 ? rows.length : to).slice(0, limit);
    const page = { size: data.length, data: data.map((row) => this.paymentView(row)) };
    // The document calls it an array of pages, the server sends the page itself.
    return ok(this.settings.hyperswitchDialect === 'document' ? [page] : page);
  }

  private listRefunds(call: Call): Answer {
    const body = bodyOf(call);
    const limit = limitOf(body['limit'] ?? undefined);
    const offset = isAmount(body['offset']) ? body['offset'] : 0;
    const rows = this.refunds.list((row) => isAskedFor(row, body));
    const data = rows.slice(offset, offset + limit).map(refundView);
    return ok({ count: data.length, total_count: rows.length, data });
  }
}

const idIn = (call: Call): string => call.params['id'] ?? '';

function bodyOf(call: Call, fields?: ReadonlySet<string>): JsonObject {
  const body = parseJsonObject(call.bodyText);
  if (!body) throw unreadableBody('the body is not a JSON object');
  const unknown = fields && Object.keys(body).find((name) => !fields.has(name));
  if (unknown !== undefined) throw unreadableBody(`unknown field \`${unknown}\``);
  return body;
}

function limitOf(value: unknown): number {
  if (value === undefined) return DEFAULT_LIMIT;
  if (!isAmount(value) || value < 1 || value > MAX_LIMIT) {
    throw invalidFormat('limit', `a number from 1 to ${String(MAX_LIMIT)}`);
  }
  return value;
}

function isInQuery(row: PaymentRow, query: URLSearchParams): boolean {
  const customerId = query.get('customer_id');
  return (
    (customerId === null || row.customerId === customerId) &&
    isBetween(row.createdAt, query.get('created_gte'), query.get('created_lte')) &&
    !isBetween(row.createdAt, query.get('created_lt'), null, false) &&
    !isBetween(row.createdAt, null, query.get('created_gt'), false)
  );
}

function isAskedFor(row: RefundRow, body: JsonObject): boolean {
  const isOneOf = (value: string, list: unknown): boolean =>
    !Array.isArray(list) || list.length === 0 || list.includes(value);
  return (
    (body['payment_id'] == null || row.paymentId === body['payment_id']) &&
    (body['refund_id'] == null || row.id === body['refund_id']) &&
    isOneOf(row.status, body['refund_status']) &&
    isOneOf(row.currency, body['currency']) &&
    isBetween(row.createdAt, textOrNull(body['start_time']), textOrNull(body['end_time']))
  );
}

/** Inclusive at both ends; without any bound the answer is `isOpenEnded`. */
function isBetween(at: string, from: string | null, to: string | null, isOpenEnded = true): boolean {
  if (from === null && to === null) return isOpenEnded;
  const time = Date.parse(at);
  return (from === null || time >= Date.parse(from)) && (to === null || time <= Date.parse(to));
}

import { timingSafeEqual } from 'node:crypto';
import type { Books } from '../books/books.js';
import { newProviderId } from '../books/new-id.js';
import type { TransferRow } from '../books/rows.js';
import { parseForm, type FormTree } from '../http/form-body.js';
import type { JsonObject } from '../http/json-body.js';
import { headerOf } from '../http/request-log.js';
import { Router } from '../http/router.js';
import { ok, type Answer, type Call } from '../http/wire.js';
import type { Accounts } from './accounts.js';
import type { IdempotencyLayer } from './idempotency.js';
import { noSuch, StripeRefusal, unauthorized, unknownParameter, unknownUrl } from './stripe-errors.js';
import { pageOf, secondsOf } from './stripe-lists.js';
import {
  accountView,
  API_VERSION,
  balanceView,
  eventView,
  reversalView,
  transferView,
} from './stripe-views.js';
import type { Transfers } from './transfers.js';

const FIELDS = {
  account: new Set(
    (
      'account_token bank_account business_profile business_type capabilities company controller country ' +
      'default_currency documents email expand external_account individual metadata settings tos_acceptance type'
    ).split(' '),
  ),
  accountLink: new Set('account collect collection_options expand refresh_url return_url type'.split(' ')),
  transfer: new Set(
    'amount currency description destination expand metadata source_transaction source_type transfer_group'.split(
      ' ',
    ),
  ),
  reversal: new Set('amount description expand metadata refund_application_fee'.split(' ')),
  loginLink: new Set(['expand']),
};

/** What an unlimited platform balance shows, in minor units. */
const UNLIMITED = { eur: 1_000_000_000_00, usd: 1_000_000_000_00 };

/** Stripe's HTTP interface over the books (08 2). */
export class StripeApi {
  private readonly router = new Router();

  constructor(
    private readonly secretKey: string,
    private readonly books: Books,
    private readonly accounts: Accounts,
    private readonly transfers: Transfers,
    private readonly idempotency: IdempotencyLayer,
    private readonly baseUrl: () => string,
  ) {
    this.addAccounts();
    this.addTransfers();
    this.router
      .add('GET', '/v1/balance', (call) => ok(this.balance(call)))
      .add('GET', '/v1/events', (call) => ok(this.listEvents(call)))
      .add('GET', '/v1/events/:id', (call) => {
        const row = this.books.events.get(idIn(call));
        if (!row || row.endpoint === 'hyperswitch') throw noSuch('event', idIn(call), 'id');
        return ok(eventView(row));
      });
  }

  async handle(call: Call): Promise<Answer> {
    const requestId = newProviderId('req', 14);
    const key = headerOf(call, 'idempotency-key');
    const headers: Record<string, string> = { 'request-id': requestId, 'stripe-version': API_VERSION };
    if (key !== null) headers['idempotency-key'] = key;
    try {
      const answer = await this.answer(call, requestId);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (error instanceof StripeRefusal) return { status: error.status, body: error.body, headers };
      throw error;
    }
  }

  transferView(row: TransferRow): JsonObject {
    return transferView(row, this.transfers.reversalsOf(row.id));
  }

  private async answer(call: Call, requestId: string): Promise<Answer> {
    this.assertKey(headerOf(call, 'authorization'));
    const match = this.router.find(call);
    if (!match) throw unknownUrl(call.method, call.path);
    return this.idempotency.run(call, requestId, async () => {
      await call.beforeCommit();
      return match.handler({ ...call, params: match.params });
    });
  }

  private addAccounts(): void {
    this.router
      .add('POST', '/v1/accounts', (call) =>
        ok(accountView(this.accounts.create(formOf(call, FIELDS.account)))),
      )
      .add('GET', '/v1/accounts', (call) => {
        const rows = [...this.books.accounts.values()].filter((row) => row.state !== 'deauthorized');
        return ok(pageOf(rows, call.query, call.path, accountView));
      })
      .add('GET', '/v1/accounts/:id', (call) => ok(accountView(this.accounts.get(idIn(call)))))
      .add('POST', '/v1/accounts/:id/login_links', (call) => {
        formOf(call, FIELDS.loginLink);
        const url = `${this.baseUrl()}/?account=${this.accounts.get(idIn(call)).id}`;
        return ok({ object: 'login_link', created: Math.floor(Date.now() / 1000), url });
      })
      .add('POST', '/v1/account_links', (call) => {
        const link = this.accounts.createLink(formOf(call, FIELDS.accountLink));
        return ok({
          object: 'account_link',
          created: secondsOf(link.createdAt),
          expires_at: secondsOf(link.expiresAt),
          url: `${this.baseUrl()}/_sandbox/onboarding/${link.token}`,
        });
      });
  }

  private addTransfers(): void {
    this.router
      .add('POST', '/v1/transfers', (call) => {
        return ok(this.transferView(this.transfers.create(formOf(call, FIELDS.transfer))));
      })
      .add('GET', '/v1/transfers', (call) => ok(this.listTransfers(call)))
      .add('GET', '/v1/transfers/:id', (call) => ok(this.transferView(this.transfers.get(idIn(call)))))
      .add('POST', '/v1/transfers/:id/reversals', (call) => {
        return ok(reversalView(this.transfers.reverse(idIn(call), formOf(call, FIELDS.reversal))));
      })
      .add('GET', '/v1/transfers/:id/reversals', (call) => {
        const rows = this.transfers.reversalsOf(this.transfers.get(idIn(call)).id);
        return ok(pageOf(rows, call.query, call.path, reversalView));
      })
      .add('GET', '/v1/transfers/:id/reversals/:reversal', (call) => {
        return ok(reversalView(this.transfers.getReversal(idIn(call), call.params['reversal'] ?? '')));
      });
  }

  private listTransfers(call: Call): unknown {
    const destination = call.query.get('destination');
    const group = call.query.get('transfer_group');
    const rows = this.transfers.list(
      (row) =>
        (destination === null || row.destination === destination) &&
        (group === null || row.transferGroup === group),
    );
    return pageOf(rows, call.query, call.path, (row) => this.transferView(row));
  }

  private balance(call: Call): unknown {
    const accountId = headerOf(call, 'stripe-account');
    if (accountId === null) return balanceView(this.books.platformBalanceMinor ?? UNLIMITED);
    const account = this.accounts.get(accountId);
    return balanceView({ [account.defaultCurrency]: 0, ...account.balancesMinor });
  }

  private listEvents(call: Call): unknown {
    const { query } = call;
    const types = [...query].filter(([name]) => /^types?(\[\d*\])?$/.test(name)).map(([, value]) => value);
    const success = query.get('delivery_success');
    const rows = [...this.books.events.values()].filter(
      (row) =>
        row.endpoint !== 'hyperswitch' &&
        (types.length === 0 || types.includes(row.type)) &&
        (success === null || (row.state === 'delivered') === (success === 'true')),
    );
    return pageOf(rows, query, call.path, eventView);
  }

  private assertKey(header: string | null): void {
    const given = keyOf(header ?? '');
    const actual = Buffer.from(given);
    const expected = Buffer.from(this.secretKey);
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected))
      throw unauthorized(given !== '');
  }
}

const idIn = (call: Call): string => call.params['id'] ?? '';

function formOf(call: Call, fields: ReadonlySet<string>): FormTree {
  const form = parseForm(call.bodyText);
  const unknown = Object.keys(form).find((name) => !fields.has(name));
  if (unknown !== undefined) throw unknownParameter(unknown);
  return form;
}

/** The key of `Bearer <key>`, or the user name of `Basic`. */
function keyOf(header: string): string {
  const [scheme, value = ''] = header.split(' ');
  if (scheme === 'Bearer') return value;
  if (scheme !== 'Basic') return '';
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '';
}

import type { Books } from './books/books.js';
import { Disputes } from './hyperswitch/disputes.js';
import { HyperswitchApi } from './hyperswitch/hyperswitch-api.js';
import { disputeEvent, paymentEvent, refundEvent } from './hyperswitch/hyperswitch-events.js';
import { Payments } from './hyperswitch/payments.js';
import { Refunds } from './hyperswitch/refunds.js';
import type { Answer, Call } from './http/wire.js';
import type { SandboxSettings } from './settings.js';
import { Accounts } from './stripe/accounts.js';
import { IdempotencyLayer } from './stripe/idempotency.js';
import { StripeApi } from './stripe/stripe-api.js';
import { accountEvent, transferEvent } from './stripe/stripe-events.js';
import { Transfers } from './stripe/transfers.js';
import type { Timers } from './timers.js';
import type { NewEvent, WebhookDesk } from './webhooks/webhook-desk.js';

export interface ProviderOptions {
  apiKey: string;
  stripeSecretKey: string;
  /** The sandbox's own address, known once it listens. */
  baseUrl: () => string;
}

/** Both providers over one set of books: Stripe answers below `/v1`, Hyperswitch everything else. */
export class Providers {
  readonly payments: Payments;
  readonly refunds: Refunds;
  readonly disputes: Disputes;
  readonly accounts: Accounts;
  readonly transfers: Transfers;
  readonly idempotency: IdempotencyLayer;
  private readonly hyperswitch: HyperswitchApi;
  private readonly stripe: StripeApi;

  constructor(
    books: Books,
    settings: SandboxSettings,
    timers: Timers,
    webhooks: WebhookDesk,
    options: ProviderOptions,
  ) {
    const announce = (event: NewEvent | null): void => {
      if (event) webhooks.emit(event);
    };
    this.payments = new Payments(books, (row) => {
      announce(paymentEvent(row, this.hyperswitch.paymentView(row)));
    });
    this.refunds = new Refunds(books, settings, timers, (row) => {
      announce(refundEvent(row));
    });
    this.disputes = new Disputes(books, (row) => {
      announce(disputeEvent(row));
    });
    this.accounts = new Accounts(books, (row) => {
      announce(accountEvent(row));
    });
    this.transfers = new Transfers(books, (type, row) => {
      announce(transferEvent(type, row, this.stripe.transferView(row)));
    });
    this.idempotency = new IdempotencyLayer(books);
    const checkoutUrl = (paymentId: string): string => `${options.baseUrl()}/_sandbox/checkout/${paymentId}`;
    this.hyperswitch = new HyperswitchApi(
      options.apiKey,
      settings,
      this.payments,
      this.refunds,
      this.disputes,
      checkoutUrl,
    );
    this.stripe = new StripeApi(
      options.stripeSecretKey,
      books,
      this.accounts,
      this.transfers,
      this.idempotency,
      options.baseUrl,
    );
  }

  handle(call: Call): Promise<Answer> {
    return call.path.startsWith('/v1/') ? this.stripe.handle(call) : this.hyperswitch.handle(call);
  }
}

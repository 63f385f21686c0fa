import { Books, type BooksView } from './books/books.js';
import type {
  AccountRow,
  AmountsMinor,
  DisputeRow,
  DisputeStatus,
  EventRow,
  PaymentRow,
  RefundRow,
} from './books/rows.js';
import { FaultDesk, type StandingFault } from './faults/fault-desk.js';
import type { FaultOrder } from './faults/fault-orders.js';
import { HoldDesk, type HeldCall } from './faults/hold-desk.js';
import type { DisputeOpening } from './hyperswitch/disputes.js';
import type { PaymentOutcome } from './hyperswitch/payments.js';
import type { RefundFailure } from './hyperswitch/refunds.js';
import { RequestLog, type LoggedCall } from './http/request-log.js';
import {
  assertSecrets,
  DEFAULT_BACKOFF_MS,
  DEFAULT_WEBHOOK_TIMEOUT_MS,
  type SandboxOptions,
} from './options.js';
import { Providers } from './providers.js';
import type { SandboxSettings, SettingsView } from './settings.js';
import { Timers } from './timers.js';
import { WebhookDesk } from './webhooks/webhook-desk.js';

/** Changes of settings; what is absent stays as it is. */
export interface SettingsChange extends Partial<SandboxSettings> {
  /** Finite platform money by lower-case currency (minor units); null is unlimited. */
  platformBalanceMinor?: AmountsMinor | null;
  webhookBackoffMs?: number[];
}

export interface WebhookUrlChange {
  hyperswitch?: string | null;
  /** Also the Connect endpoint, unless `stripeConnect` is given. */
  stripe?: string | null;
  stripeConnect?: string | null;
}

/**
 * What a person or a test decides in the place of banks, sellers and bad networks.
 * The control API under `/_sandbox` offers the same over HTTP.
 */
export class SandboxControls {
  /** Address of both providers and of the page, without a trailing slash; empty until it listens. */
  url = '';
  readonly providers: Providers;
  protected readonly bookkeeping: Books;
  protected readonly timers = new Timers();
  protected readonly faults = new FaultDesk();
  protected readonly holdDesk = new HoldDesk();
  protected readonly log = new RequestLog();
  protected readonly webhooks: WebhookDesk;
  private readonly settings: SandboxSettings;

  constructor(options: SandboxOptions) {
    assertSecrets(options);
    this.bookkeeping = new Books(options.stateFile ?? null);
    this.settings = {
      hyperswitchDialect: options.hyperswitchDialect ?? 'document',
      autoSettleMs: options.autoSettleMs ?? null,
    };
    this.webhooks = webhookDeskOf(options, this.bookkeeping, this.faults, this.timers);
    this.providers = new Providers(this.bookkeeping, this.settings, this.timers, this.webhooks, {
      apiKey: options.apiKey,
      stripeSecretKey: options.stripeSecretKey,
      baseUrl: () => this.url,
    });
  }

  books(): BooksView {
    return this.bookkeeping.view();
  }

  events(): EventRow[] {
    return this.books().events;
  }

  /** Provider calls received so far, oldest first. */
  requests(): LoggedCall[] {
    return this.log.list();
  }

  succeedPayment(id: string, outcome: PaymentOutcome = {}): PaymentRow {
    return this.saved(this.providers.payments.succeed(id, outcome));
  }

  failPayment(id: string, outcome: PaymentOutcome = {}): PaymentRow {
    return this.saved(this.providers.payments.fail(id, outcome));
  }

  expirePayment(id: string): PaymentRow {
    return this.saved(this.providers.payments.expire(id));
  }

  succeedRefund(id: string): RefundRow {
    return this.saved(this.providers.refunds.succeed(id));
  }

  failRefund(id: string, failure: RefundFailure = {}): RefundRow {
    return this.saved(this.providers.refunds.fail(id, failure));
  }

  reviewRefund(id: string): RefundRow {
    return this.saved(this.providers.refunds.review(id));
  }

  /** A refund made in the provider's dashboard; without an amount, all that is left. It starts pending. */
  refundInDashboard(paymentId: string, amountMinor?: number): RefundRow {
    const amount = amountMinor === undefined ? {} : { amount: amountMinor };
    return this.saved(this.providers.refunds.create({ payment_id: paymentId, ...amount }, 'dashboard'));
  }

  /** The buyer's bank takes a captured payment back, or a part of it, and the provider says so. */
  disputeOpened(paymentId: string, opening: DisputeOpening = {}): DisputeRow {
    return this.saved(this.providers.disputes.open(paymentId, opening));
  }

  disputeWon(id: string): DisputeRow {
    return this.disputeMoved(id, 'dispute_won');
  }

  disputeLost(id: string): DisputeRow {
    return this.disputeMoved(id, 'dispute_lost');
  }

  /** Any other step of an open dispute. */
  disputeMoved(id: string, status: DisputeStatus): DisputeRow {
    return this.saved(this.providers.disputes.move(id, status));
  }

  readyAccount(id: string): AccountRow {
    return this.saved(this.providers.accounts.setState(id, 'ready'));
  }

  restrictAccount(id: string): AccountRow {
    return this.saved(this.providers.accounts.setState(id, 'restricted'));
  }

  deauthorizeAccount(id: string): AccountRow {
    return this.saved(this.providers.accounts.setState(id, 'deauthorized'));
  }

  /** Drains what the account holds, so that a reversal finds nothing. */
  payOutAccount(id: string): AccountRow {
    return this.saved(this.providers.accounts.payOut(id));
  }

  /** Forgets the idempotency keys, as Stripe does after a day. */
  expireIdempotencyKeys(): void {
    this.providers.idempotency.expireAll();
    this.bookkeeping.save();
  }

  /** @returns the id of the fault */
  orderFault(order: FaultOrder): number {
    return this.faults.order(order);
  }

  standingFaults(): StandingFault[] {
    return this.faults.standing();
  }

  clearFaults(): void {
    this.faults.clear();
  }

  holds(): HeldCall[] {
    return this.holdDesk.list();
  }

  /** Lets one held call go on, or all. @returns how many */
  releaseHolds(id?: number): number {
    return this.holdDesk.release(id);
  }

  setWebhookUrls(urls: WebhookUrlChange): void {
    const current = this.webhooks.settings.urls;
    if (urls.hyperswitch !== undefined) current.hyperswitch = urls.hyperswitch;
    if (urls.stripe !== undefined) {
      current.stripe = urls.stripe;
      current.stripe_connect = urls.stripe;
    }
    if (urls.stripeConnect !== undefined) current.stripe_connect = urls.stripeConnect;
  }

  /** Sends a stored event once more. @returns false when there is no such event */
  resendWebhook(eventId: string): boolean {
    return this.webhooks.resend(eventId);
  }

  /** Resolves when no delivery is on the wire and none waits for another attempt. */
  async whenWebhooksAreQuiet(): Promise<void> {
    while (this.webhooks.isBusy()) await this.timers.wait(10);
  }

  updateSettings(change: SettingsChange): SettingsView {
    if (change.hyperswitchDialect !== undefined) this.settings.hyperswitchDialect = change.hyperswitchDialect;
    if (change.autoSettleMs !== undefined) this.settings.autoSettleMs = change.autoSettleMs;
    if (change.webhookBackoffMs !== undefined) this.webhooks.settings.backoffMs = change.webhookBackoffMs;
    if (change.platformBalanceMinor !== undefined) {
      this.bookkeeping.platformBalanceMinor = change.platformBalanceMinor && {
        ...change.platformBalanceMinor,
      };
    }
    this.bookkeeping.save();
    return this.currentSettings();
  }

  currentSettings(): SettingsView {
    const { urls, backoffMs } = this.webhooks.settings;
    return {
      ...this.settings,
      platformBalanceMinor: this.bookkeeping.platformBalanceMinor,
      hyperswitchWebhookUrl: urls.hyperswitch,
      stripeWebhookUrl: urls.stripe,
      stripeConnectWebhookUrl: urls.stripe_connect,
      webhookBackoffMs: backoffMs,
    };
  }

  /** Empties books, faults and log; settings and addresses stay. Held calls are let go. */
  reset(): void {
    this.timers.clear();
    this.faults.clear();
    this.webhooks.forget();
    this.bookkeeping.clear();
    this.log.clear();
    this.holdDesk.release();
    this.bookkeeping.save();
  }

  private saved<Value>(value: Value): Value {
    this.bookkeeping.save();
    return structuredClone(value);
  }
}

function webhookDeskOf(
  options: SandboxOptions,
  books: Books,
  faults: FaultDesk,
  timers: Timers,
): WebhookDesk {
  const stripeUrl = options.stripeWebhookUrl ?? null;
  return new WebhookDesk(
    books,
    faults,
    timers,
    {
      hyperswitch: options.hyperswitchWebhookSecret,
      stripe: options.stripeWebhookSecret,
      stripe_connect: options.stripeConnectWebhookSecret,
    },
    {
      urls: {
        hyperswitch: options.hyperswitchWebhookUrl ?? null,
        stripe: stripeUrl,
        stripe_connect: options.stripeConnectWebhookUrl ?? stripeUrl,
      },
      backoffMs: options.webhookBackoffMs ?? DEFAULT_BACKOFF_MS,
      timeoutMs: options.webhookTimeoutMs ?? DEFAULT_WEBHOOK_TIMEOUT_MS,
    },
  );
}

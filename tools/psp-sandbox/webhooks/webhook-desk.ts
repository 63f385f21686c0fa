import type { Books } from '../books/books.js';
import type { EventRow, WebhookEndpoint } from '../books/rows.js';
import type { FaultDesk } from '../faults/fault-desk.js';
import type { WebhookFault } from '../faults/fault-orders.js';
import type { Timers } from '../timers.js';
import { postBytes } from './post-bytes.js';
import { corrupted, hyperswitchSignature, stripeSignature } from './signatures.js';

export type WebhookUrls = Record<WebhookEndpoint, string | null>;
export type WebhookSecrets = Record<WebhookEndpoint, string>;

export interface WebhookSettings {
  urls: WebhookUrls;
  /** Waits before the second, third, … attempt, in milliseconds; after the last one the event is dead. */
  backoffMs: number[];
  timeoutMs: number;
}

/** What an event is made of, before it is stored. */
export type NewEvent = Pick<EventRow, 'id' | 'endpoint' | 'type' | 'objectId' | 'account' | 'body'>;

const DEFAULT_DELAY_MS = 1000;

/**
 * Stores each event once, signs it and delivers it until it is answered with a 2xx or the attempts are used up.
 * Deliveries run side by side, so that their order is not guaranteed (08 1.5).
 */
export class WebhookDesk {
  private inFlight = 0;
  private readonly setAside: EventRow[] = [];

  constructor(
    private readonly books: Books,
    private readonly faults: FaultDesk,
    private readonly timers: Timers,
    private readonly secrets: WebhookSecrets,
    readonly settings: WebhookSettings,
  ) {}

  /** Takes the event up; one whose id is known already is not sent again (08 1.5). */
  emit(event: NewEvent): void {
    if (this.books.events.has(event.id)) return;
    const row: EventRow = { ...event, state: 'waiting', deliveries: [], createdAt: new Date().toISOString() };
    this.books.events.set(row.id, row);
    const fault = this.faults.takeForEvent(row);
    // After the answer to the call that caused the event, unless that answer is held.
    this.timers.after(fault?.webhook === 'delay' ? (fault.delayMs ?? DEFAULT_DELAY_MS) : 0, () => {
      this.start(row, fault);
    });
  }

  /** Sends the stored event once more: same bytes, same id (08 1.5). @returns false when it is unknown */
  resend(eventId: string): boolean {
    const row = this.books.events.get(eventId);
    if (!row) return false;
    const index = this.setAside.indexOf(row);
    if (index >= 0) this.setAside.splice(index, 1);
    this.start(row, null);
    return true;
  }

  /** Goes on with what an earlier run left undelivered. */
  resume(): void {
    for (const row of this.books.events.values()) {
      if (row.state === 'waiting' || row.state === 'set_aside') this.start(row, null);
    }
  }

  /** True while a delivery is on the wire or waits for its next attempt. */
  isBusy(): boolean {
    return this.inFlight > 0 || [...this.books.events.values()].some((row) => row.state === 'waiting');
  }

  forget(): void {
    this.setAside.length = 0;
  }

  private start(row: EventRow, fault: WebhookFault | null): void {
    if (fault?.webhook === 'lose') {
      row.state = 'lost';
    } else if (fault?.webhook === 'reorder') {
      row.state = 'set_aside';
      this.setAside.push(row);
    } else {
      row.state = 'waiting';
      const copies = fault?.webhook === 'duplicate' ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) void this.attempt(row, 1, fault);
    }
    this.books.save();
  }

  private async attempt(row: EventRow, attempt: number, fault: WebhookFault | null): Promise<void> {
    const url = this.settings.urls[row.endpoint];
    if (url === null) {
      row.state = 'no_url';
      this.books.save();
      return;
    }
    const { status, error } = await this.post(row, url, fault);
    // The books were emptied while the delivery was on the wire.
    if (this.books.events.get(row.id) !== row) return;
    const at = new Date().toISOString();
    row.deliveries.push({ at, url, status, error, fault: fault?.webhook ?? null });
    this.conclude(row, attempt, fault, status !== null && status >= 200 && status < 300);
    this.books.save();
    for (const waiting of this.setAside.splice(0)) this.start(waiting, null);
  }

  private conclude(row: EventRow, attempt: number, fault: WebhookFault | null, isAccepted: boolean): void {
    if (isAccepted) {
      row.state = 'delivered';
      return;
    }
    if (row.state === 'delivered') return;
    const backoffMs = this.settings.backoffMs[attempt - 1];
    // A forged delivery stays forged: a good second attempt would hide whether the first was refused.
    if (backoffMs === undefined || fault?.webhook === 'corrupt_signature') {
      row.state = 'dead';
      return;
    }
    this.timers.after(backoffMs, () => {
      if (row.state === 'waiting') void this.attempt(row, attempt + 1, fault);
    });
  }

  private async post(
    row: EventRow,
    url: string,
    fault: WebhookFault | null,
  ): Promise<{ status: number | null; error: string | null }> {
    this.inFlight += 1;
    try {
      const headers = this.headersOf(row, fault?.webhook === 'corrupt_signature');
      return { status: await postBytes(url, row.body, headers, this.settings.timeoutMs), error: null };
    } catch (error) {
      return { status: null, error: error instanceof Error ? error.message : 'the delivery failed' };
    } finally {
      this.inFlight -= 1;
    }
  }

  private headersOf(row: EventRow, isCorrupt: boolean): Record<string, string> {
    const secret = this.secrets[row.endpoint];
    const isHyperswitch = row.endpoint === 'hyperswitch';
    const name = isHyperswitch ? 'x-webhook-signature-512' : 'stripe-signature';
    const signature = isHyperswitch
      ? hyperswitchSignature(row.body, secret)
      : stripeSignature(row.body, secret, Math.floor(Date.now() / 1000));
    return { [name]: isCorrupt ? corrupted(signature) : signature, 'user-agent': 'psp-sandbox' };
  }
}

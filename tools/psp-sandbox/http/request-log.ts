import type { Call } from './wire.js';

/** A provider call as it was received; keys are never part of it. */
export interface LoggedCall {
  at: string;
  method: string;
  path: string;
  query: string;
  idempotencyKey: string | null;
  stripeAccount: string | null;
  body: string;
  /** Kind of the fault that struck, null for none. */
  fault: string | null;
  /** Status that was sent, null while the call runs and for ever when the connection was dropped. */
  status: number | null;
}

const MAX_CALLS = 5000;

/** The last provider calls, oldest first. */
export class RequestLog {
  private calls: LoggedCall[] = [];

  add(call: Call, fault: string | null): LoggedCall {
    const entry: LoggedCall = {
      at: new Date().toISOString(),
      method: call.method,
      path: call.path,
      query: call.query.toString(),
      idempotencyKey: headerOf(call, 'idempotency-key'),
      stripeAccount: headerOf(call, 'stripe-account'),
      body: call.bodyText,
      fault,
      status: null,
    };
    this.calls.push(entry);
    if (this.calls.length > MAX_CALLS) this.calls.shift();
    return entry;
  }

  list(): LoggedCall[] {
    return this.calls.map((call) => ({ ...call }));
  }

  clear(): void {
    this.calls = [];
  }
}

export function headerOf(call: Pick<Call, 'headers'>, name: string): string | null {
  const value = call.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

import { isAmount, isJsonObject, type JsonObject } from '../http/json-body.js';

export const CALL_FAULTS = [
  'drop_before_commit',
  'drop_after_commit',
  'delay',
  'hold',
  'status',
  'empty_object',
  'empty_id',
  'truncate',
] as const;
export type CallFaultKind = (typeof CALL_FAULTS)[number];

export const WEBHOOK_FAULTS = ['lose', 'duplicate', 'reorder', 'delay', 'corrupt_signature'] as const;
export type WebhookFaultKind = (typeof WEBHOOK_FAULTS)[number];

/** A fault of the next calls that match; without `match` of any provider call. */
export interface CallFault {
  fault: CallFaultKind;
  /** `path` and `body` are regular expressions. */
  match?: { method?: string; path?: string; body?: string };
  /** How many calls it strikes (default 1). The stripe SDK repeats a dropped call once by itself. */
  times?: number;
  /** Matching calls that pass before it strikes (default 0). */
  after?: number;
  delayMs?: number;
  /** Status of a `status` fault (default 500). */
  status?: number;
  /** Body of a `status` fault; text is sent as HTML, the rest as JSON. */
  body?: unknown;
  /**
   * Whether the provider carries the call out before the fault shows. Default: false for
   * `drop_before_commit` and `status`, true for the others. With `delay` and `hold`, false means that
   * the call waits first and is carried out afterwards.
   */
  commit?: boolean;
  /** Keeps the answer of a `status` fault under the call's idempotency key, as Stripe does with a 500. */
  store?: boolean;
}

/** A fault of the next webhook events that match. */
export interface WebhookFault {
  webhook: WebhookFaultKind;
  /** `type` is a regular expression over the event type. */
  match?: { type?: string; endpoint?: 'hyperswitch' | 'stripe' | 'stripe_connect' };
  times?: number;
  delayMs?: number;
}

export type FaultOrder = CallFault | WebhookFault;

/**
 * Checks an order that came over HTTP.
 * @returns the order, or a sentence that says what is wrong with it
 */
export function readFaultOrder(input: JsonObject): FaultOrder | string {
  const isWebhook = input['webhook'] !== undefined;
  const kinds: readonly string[] = isWebhook ? WEBHOOK_FAULTS : CALL_FAULTS;
  const kind = isWebhook ? input['webhook'] : input['fault'];
  if (typeof kind !== 'string' || !kinds.includes(kind)) {
    return `${isWebhook ? 'webhook' : 'fault'} must be one of ${kinds.join(', ')}`;
  }
  for (const name of ['times', 'after', 'delayMs', 'status']) {
    const value = input[name];
    if (value !== undefined && (!isAmount(value) || value < 0)) return `${name} must be a whole number`;
  }
  const match = input['match'];
  if (match !== undefined) {
    if (!isJsonObject(match)) return 'match must be an object';
    const problem = matchProblem(match);
    if (problem !== null) return problem;
  }
  return input as unknown as FaultOrder;
}

function matchProblem(match: JsonObject): string | null {
  for (const [name, value] of Object.entries(match)) {
    if (typeof value !== 'string') return `match.${name} must be a text`;
    if (name === 'method' || name === 'endpoint') continue;
    try {
      new RegExp(value);
    } catch {
      return `match.${name} is not a regular expression`;
    }
  }
  return null;
}

import type { CallFault } from './fault-orders.js';
import type { HoldDesk } from './hold-desk.js';
import { isJsonObject } from '../http/json-body.js';
import { textOf, type Answer, type Call } from '../http/wire.js';

/** What happens on the wire: an answer, a connection torn down, or an answer that breaks off. */
export type Outcome =
  { kind: 'answer'; answer: Answer } | { kind: 'drop' } | { kind: 'truncate'; text: string; answer: Answer };

export interface Line {
  holds: HoldDesk;
  onCallerGone: (watcher: () => void) => void;
  wait: (durationMs: number) => Promise<void>;
  /** Keeps an answer under the call's idempotency key. */
  keepAnswer: (call: Call, answer: Answer) => void;
}

const DEFAULT_DELAY_MS = 1000;

/** Carries a call out under a fault. `work` is the provider's own handling of the call. */
export async function carryOut(
  call: Call,
  fault: CallFault | null,
  work: (call: Call) => Promise<Answer>,
  line: Line,
): Promise<Outcome> {
  if (!fault) return { kind: 'answer', answer: await work(call) };
  const isCommitting = fault.commit ?? !['drop_before_commit', 'status'].includes(fault.fault);
  const isWaiting = fault.fault === 'delay' || fault.fault === 'hold';
  if (isWaiting && !isCommitting) {
    const answer = await work({ ...call, beforeCommit: () => pause(call, fault, line, false) });
    return { kind: 'answer', answer };
  }
  const answer = isCommitting ? await work(call) : null;
  if (isWaiting) await pause(call, fault, line, true);
  return distorted(call, fault, answer, line);
}

async function pause(call: Call, fault: CallFault, line: Line, isCommitted: boolean): Promise<void> {
  if (fault.fault === 'delay') {
    await line.wait(fault.delayMs ?? DEFAULT_DELAY_MS);
    return;
  }
  await line.holds.keep({ method: call.method, path: call.path, isCommitted }, line.onCallerGone);
}

function distorted(call: Call, fault: CallFault, answer: Answer | null, line: Line): Outcome {
  switch (fault.fault) {
    case 'drop_before_commit':
    case 'drop_after_commit':
      return { kind: 'drop' };
    case 'status': {
      const ordered = orderedAnswer(fault);
      if (fault.store === true) line.keepAnswer(call, ordered);
      return { kind: 'answer', answer: ordered };
    }
    case 'empty_object':
      return { kind: 'answer', answer: { ...(answer ?? { status: 200 }), body: {} } };
    case 'empty_id':
      return { kind: 'answer', answer: { ...(answer ?? { status: 200 }), body: withoutId(answer?.body) } };
    case 'truncate': {
      const whole = answer ?? { status: 200, body: { truncated: 'before anything was done' } };
      return { kind: 'truncate', text: textOf(whole), answer: whole };
    }
    case 'delay':
    case 'hold':
      return { kind: 'answer', answer: answer ?? { status: 200, body: {} } };
  }
}

function orderedAnswer(fault: CallFault): Answer {
  const status = fault.status ?? 500;
  if (typeof fault.body === 'string')
    return { status, body: fault.body, contentType: 'text/html; charset=utf-8' };
  const message = 'An ordered fault of the sandbox';
  return { status, body: fault.body ?? { error: { type: 'api_error', code: 'HE_00', message } } };
}

/** The body with its own id emptied: `id` at Stripe, `refund_id` or `payment_id` at Hyperswitch. */
function withoutId(body: unknown): unknown {
  if (!isJsonObject(body)) return { id: '' };
  const name = ['id', 'refund_id', 'payment_id'].find((candidate) => candidate in body) ?? 'id';
  return { ...body, [name]: '' };
}

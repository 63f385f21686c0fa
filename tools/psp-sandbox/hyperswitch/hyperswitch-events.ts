import type { DisputeRow, PaymentRow, PaymentStatus, RefundRow } from '../books/rows.js';
import type { JsonObject } from '../http/json-body.js';
import { hyperswitchEventId } from '../webhooks/signatures.js';
import type { NewEvent } from '../webhooks/webhook-desk.js';
import { disputeView, MERCHANT_ID, refundView } from './hyperswitch-views.js';

/** Which state of a payment is announced by which event (08 1.4); states that are missing are silent. */
const PAYMENT_EVENTS: Partial<Record<PaymentStatus, string>> = {
  succeeded: 'payment_succeeded',
  failed: 'payment_failed',
  processing: 'payment_processing',
  cancelled: 'payment_cancelled',
  expired: 'payment_expired',
  partially_captured: 'payment_captured',
  requires_capture: 'payment_authorized',
  requires_customer_action: 'action_required',
  review: 'action_required',
};

/** The event of a payment's new state, or null when Hyperswitch sends none. */
export function paymentEvent(row: PaymentRow, view: JsonObject): NewEvent | null {
  const type = PAYMENT_EVENTS[row.status];
  return type === undefined ? null : envelope(row.id, type, 'payment_details', view);
}

/** The event of a refund's new state, or null: `pending` and `review` are silent (08 0.4). */
export function refundEvent(row: RefundRow): NewEvent | null {
  if (row.status !== 'succeeded' && row.status !== 'failed') return null;
  return envelope(row.id, `refund_${row.status}`, 'refund_details', refundView(row));
}

/** The event of a dispute's new state: each state is announced (08 1.4). */
export const disputeEvent = (row: DisputeRow): NewEvent =>
  envelope(row.id, row.status, 'dispute_details', disputeView(row));

function envelope(objectId: string, type: string, contentType: string, object: JsonObject): NewEvent {
  const id = hyperswitchEventId(objectId, type);
  const body = JSON.stringify({
    merchant_id: MERCHANT_ID,
    event_id: id,
    event_type: type,
    content: { type: contentType, object },
    timestamp: new Date().toISOString(),
    processor_merchant_id: MERCHANT_ID,
  });
  return { id, endpoint: 'hyperswitch', type, objectId, account: null, body };
}

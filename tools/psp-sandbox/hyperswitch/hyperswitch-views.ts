import type { DisputeRow, PaymentRow, RefundRow } from '../books/rows.js';
import type { JsonObject } from '../http/json-body.js';
import type { HyperswitchDialect } from '../settings.js';

export const MERCHANT_ID = 'merchant_sandbox';
export const PROFILE_ID = 'pro_sandbox';
const CONNECTOR_ACCOUNT_ID = 'mca_sandbox';
const CONNECTOR = 'stripe';

/** A refund as `GET /refunds/{id}` and the webhook show it. */
export function refundView(row: RefundRow): JsonObject {
  return {
    refund_id: row.id,
    payment_id: row.paymentId,
    amount: row.amountMinor,
    currency: row.currency,
    status: row.status,
    reason: row.reason,
    metadata: row.metadata,
    error_message: row.errorMessage,
    error_code: row.errorCode,
    unified_code: null,
    unified_message: null,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    connector: CONNECTOR,
    profile_id: PROFILE_ID,
    merchant_connector_id: CONNECTOR_ACCOUNT_ID,
    split_refunds: null,
    issuer_error_code: null,
    issuer_error_message: null,
    raw_connector_response: null,
    connector_refund_id: row.connectorRefundId,
  };
}

/** A dispute as the webhook shows it; its amount is a text, unlike every other one. */
export function disputeView(row: DisputeRow): JsonObject {
  return {
    ...disputeInPayment(row),
    payment_id: row.paymentId,
    attempt_id: `${row.paymentId}_1`,
    currency: row.currency,
    connector: CONNECTOR,
    profile_id: PROFILE_ID,
    merchant_connector_id: CONNECTOR_ACCOUNT_ID,
  };
}

function disputeInPayment(row: DisputeRow): JsonObject {
  return {
    dispute_id: row.id,
    amount: String(row.amountMinor),
    dispute_stage: 'dispute',
    dispute_status: row.status,
    connector_status: row.status.replace('dispute_', ''),
    connector_dispute_id: row.connectorDisputeId,
    connector_reason: row.reason,
    connector_reason_code: null,
    challenge_required_by: row.challengeRequiredBy,
    connector_created_at: row.createdAt,
    connector_updated_at: row.updatedAt,
    created_at: row.createdAt,
  };
}

export interface PaymentViewContext {
  dialect: HyperswitchDialect;
  refunds: RefundRow[];
  disputes: DisputeRow[];
  /** Page where a person pays, for payments that asked for a link. */
  checkoutUrl: (paymentId: string) => string;
}

/** A payment as the API and the webhook show it. */
export function paymentView(row: PaymentRow, context: PaymentViewContext): JsonObject {
  const isAtConnector = row.connectorTransactionId !== null;
  return {
    payment_id: row.id,
    merchant_id: MERCHANT_ID,
    processor_merchant_id: MERCHANT_ID,
    status: row.status,
    amount: row.amountMinor,
    net_amount: row.amountMinor,
    amount_capturable: capturableMinor(row, context.dialect),
    amount_received: row.amountReceivedMinor > 0 ? row.amountReceivedMinor : null,
    connector: isAtConnector ? CONNECTOR : null,
    client_secret: `${row.id}_secret_sandbox`,
    created: row.createdAt,
    updated: row.updatedAt,
    modified_at: row.updatedAt,
    expires_on: row.expiresAt,
    currency: row.currency,
    customer_id: row.customerId,
    description: row.description,
    refunds: context.refunds.length > 0 ? context.refunds.map(refundView) : null,
    disputes: context.disputes.length > 0 ? context.disputes.map(disputeInPayment) : null,
    capture_method: row.captureMethod,
    payment_method: isAtConnector || context.dialect === 'document' ? 'card' : null,
    return_url: row.returnUrl,
    authentication_type: row.authenticationType,
    cancellation_reason: row.cancellationReason,
    error_code: row.errorCode,
    error_message: row.errorMessage,
    connector_transaction_id: row.connectorTransactionId,
    metadata: row.metadata,
    merchant_order_reference_id: row.orderReference,
    payment_link: row.hasPaymentLink
      ? { link: context.checkoutUrl(row.id), payment_link_id: `plink_${row.id.slice(4)}` }
      : null,
    profile_id: PROFILE_ID,
    merchant_connector_id: isAtConnector ? CONNECTOR_ACCOUNT_ID : null,
    attempt_count: row.attemptCount,
  };
}

// The document demands at least 100 here even where its own description says 0.
function capturableMinor(row: PaymentRow, dialect: HyperswitchDialect): number {
  const isOpen = !['succeeded', 'partially_captured', 'failed', 'cancelled', 'expired'].includes(row.status);
  return isOpen || dialect === 'document' ? row.amountMinor : 0;
}

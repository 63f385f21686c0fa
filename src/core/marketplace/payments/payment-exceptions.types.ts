import type { PaymentExceptionKind } from './payment-exception-kinds.js';

/** A case for a person; `message` is a sentence for the operator. */
export interface NewPaymentException {
  kind: PaymentExceptionKind;
  provider: string;
  orderId?: string;
  refundId?: string;
  transferId?: string;
  disputeId?: string;
  webhookEventId?: string;
  message: string;
  details?: Record<string, unknown>;
}

/** A case as it is stored. `resolvedBy` is null for an open case and for one that healed by itself. */
export interface PaymentException {
  id: string;
  kind: string;
  provider: string;
  orderId: string | null;
  refundId: string | null;
  transferId: string | null;
  disputeId: string | null;
  webhookEventId: string | null;
  message: string;
  details: Record<string, unknown>;
  createdAt: Date;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  resolution: string | null;
}

/** What cases are about; at least one of the things is named. */
export interface ExceptionSubject {
  kind?: PaymentExceptionKind;
  orderId?: string;
  refundId?: string;
  transferId?: string;
  disputeId?: string;
  webhookEventId?: string;
}

export type ExceptionState = 'open' | 'resolved';

/** Which cases to list. */
export interface PaymentExceptionQuery {
  page: number;
  limit: number;
  cursor?: string;
  kind?: PaymentExceptionKind;
  state?: ExceptionState;
  orderId?: string;
}

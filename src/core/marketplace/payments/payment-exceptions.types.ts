/** A case for a person; `kind` is a stable snake_case word, `message` a sentence for the operator. */
export interface NewPaymentException {
  kind: string;
  provider: string;
  orderId?: string;
  refundId?: string;
  transferId?: string;
  webhookEventId?: string;
  message: string;
  details?: Record<string, unknown>;
}

/** A case as it is stored. */
export interface PaymentException {
  id: string;
  kind: string;
  provider: string;
  orderId: string | null;
  refundId: string | null;
  transferId: string | null;
  webhookEventId: string | null;
  message: string;
  details: Record<string, unknown>;
  createdAt: Date;
}

/** Which cases to list. */
export interface PaymentExceptionQuery {
  page: number;
  limit: number;
  cursor?: string;
  kind?: string;
}

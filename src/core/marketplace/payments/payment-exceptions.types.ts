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

/** Which cases to list. */
export interface PaymentExceptionQuery {
  page: number;
  limit: number;
  cursor?: string;
  kind?: string;
}

/** Rows of the sandbox's own books. Amounts are integer minor units; times are ISO 8601 with milliseconds. */

export type Metadata = Record<string, unknown>;

/** Amounts in minor units by currency code, in the letter case of the provider that uses them. */
export type AmountsMinor = Record<string, number>;

export type PaymentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_customer_action'
  | 'requires_capture'
  | 'processing'
  | 'succeeded'
  | 'partially_captured'
  | 'failed'
  | 'cancelled'
  | 'expired'
  | 'review';

export interface PaymentRow {
  id: string;
  amountMinor: number;
  amountReceivedMinor: number;
  currency: string;
  status: PaymentStatus;
  attemptCount: number;
  customerId: string | null;
  description: string | null;
  metadata: Metadata | null;
  orderReference: string | null;
  returnUrl: string | null;
  captureMethod: string;
  authenticationType: string | null;
  hasPaymentLink: boolean;
  connectorTransactionId: string | null;
  cancellationReason: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  createdAt: string;
  updatedAt: string;
  expiresAt: string;
}

export type RefundStatus = 'pending' | 'succeeded' | 'failed' | 'review';

export interface RefundRow {
  id: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: RefundStatus;
  /** `dashboard` marks a refund that nobody asked for through the API. */
  origin: 'api' | 'dashboard';
  reason: string | null;
  metadata: Metadata | null;
  connectorRefundId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  createdAt: string;
  updatedAt: string;
}

export type DisputeStatus =
  | 'dispute_opened'
  | 'dispute_challenged'
  | 'dispute_expired'
  | 'dispute_accepted'
  | 'dispute_cancelled'
  | 'dispute_won'
  | 'dispute_lost';

export interface DisputeRow {
  id: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: DisputeStatus;
  reason: string;
  connectorDisputeId: string;
  challengeRequiredBy: string;
  createdAt: string;
  updatedAt: string;
}

export type AccountState = 'pending' | 'ready' | 'restricted' | 'deauthorized';

export interface AccountRow {
  id: string;
  state: AccountState;
  type: string;
  country: string;
  email: string | null;
  businessType: string | null;
  defaultCurrency: string;
  requestedCapabilities: string[];
  metadata: Record<string, string>;
  /** Money that the account holds, by lower-case currency. */
  balancesMinor: AmountsMinor;
  /** Money that the account has paid out to its bank, by lower-case currency. */
  paidOutMinor: AmountsMinor;
  createdAt: string;
}

export interface AccountLinkRow {
  token: string;
  accountId: string;
  refreshUrl: string | null;
  returnUrl: string | null;
  isUsed: boolean;
  createdAt: string;
  expiresAt: string;
}

export interface TransferRow {
  id: string;
  amountMinor: number;
  amountReversedMinor: number;
  currency: string;
  destination: string;
  destinationPayment: string;
  balanceTransaction: string;
  description: string | null;
  metadata: Record<string, string>;
  sourceTransaction: string | null;
  transferGroup: string | null;
  createdAt: string;
}

export interface ReversalRow {
  id: string;
  transferId: string;
  amountMinor: number;
  currency: string;
  balanceTransaction: string;
  destinationPaymentRefund: string;
  metadata: Record<string, string>;
  createdAt: string;
}

export type WebhookEndpoint = 'hyperswitch' | 'stripe' | 'stripe_connect';

export interface DeliveryRow {
  at: string;
  url: string;
  /** HTTP status of the receiver, null when none came. */
  status: number | null;
  error: string | null;
  fault: string | null;
}

/**
 * `waiting`: attempts go on; `set_aside`: held back by a reorder fault; `lost`: swallowed by a fault;
 * `dead`: attempts used up; `no_url`: nobody listens.
 */
export type EventState = 'waiting' | 'set_aside' | 'delivered' | 'lost' | 'dead' | 'no_url';

export interface EventRow {
  id: string;
  endpoint: WebhookEndpoint;
  type: string;
  objectId: string;
  account: string | null;
  /** The exact JSON text that is signed and sent, the same at each attempt. */
  body: string;
  state: EventState;
  deliveries: DeliveryRow[];
  createdAt: string;
}

export interface IdempotencyRow {
  /** Account header and key, joined. */
  scopedKey: string;
  fingerprint: string;
  requestId: string;
  /** Null while the call is in flight. */
  answer: { status: number; body: unknown } | null;
  createdAt: string;
}

/** Everything that survives a restart. */
export interface BooksState {
  payments: PaymentRow[];
  refunds: RefundRow[];
  disputes: DisputeRow[];
  accounts: AccountRow[];
  accountLinks: AccountLinkRow[];
  transfers: TransferRow[];
  reversals: ReversalRow[];
  events: EventRow[];
  idempotencyKeys: IdempotencyRow[];
  /** Platform money by lower-case currency; null is unlimited. */
  platformBalanceMinor: AmountsMinor | null;
}

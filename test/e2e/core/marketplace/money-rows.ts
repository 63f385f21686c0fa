/** Rows as PostgreSQL gives them: bigints are texts. */
export interface RefundRow {
  id: string;
  order_id: string;
  psp_refund_id: string;
  status: string;
  succeeded_at: Date | null;
  failed_at: Date | null;
  psp_ack_at: Date | null;
  sync_status: string | null;
  unknown_since: Date | null;
  contradicted_at: Date | null;
  failure_code: string | null;
  amount: string;
  origin: string;
  review_since: Date | null;
  next_check_at: Date | null;
  settled_by: string | null;
}

export interface TransferRow {
  id: string;
  order_id: string;
  seller_id: string;
  status: string;
  stripe_transfer_id: string | null;
  amount: string | null;
  net_amount: string;
  sequence: number;
  withheld: string;
  reduced: string;
  taken_back: string;
  recovered: string;
  amount_reversed: string;
  attempt_epoch: number;
  outcome_unknown: boolean;
  failure_code: string | null;
  definite_failures: number;
  next_retry_at: Date | null;
  reversed_at: Date | null;
}

export interface ReversalRow {
  id: string;
  amount: string;
  cause_kind: string;
  cause_id: string;
  status: string;
  stripe_reversal_id: string | null;
  epoch: number;
  outcome_unknown: boolean;
  failure_code: string | null;
  next_retry_at: Date | null;
}

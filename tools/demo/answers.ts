/** The answers of the API as far as the story reads them. Amounts are integer minor units. */

export interface Registered {
  access_token: string;
  user_id: string;
  username: string;
}

export interface Track {
  id: string;
  title: string;
  status: 'processing' | 'ready' | 'failed';
  failure?: { code: string; message: string };
  format: string;
  size_bytes: number;
  duration_seconds: number | null;
  bitrate_kbps: number | null;
  sample_rate_hz: number | null;
}

export interface Product {
  id: string;
  price: number;
  currency: string;
  license_type: string;
}

export interface Order {
  id: string;
  status: string;
  total_amount: number;
  refunded_amount: number;
  currency: string;
  items: { platform_fee: number; net_amount: number }[];
}

export interface Checkout {
  order: Order;
  payment: { payment_id: string; status: string } | null;
}

export interface License {
  id: string;
  order_id: string;
  license_type: string;
  status: string;
}

export interface Transfer {
  id: string;
  order_id: string;
  status: string;
  net_amount: number;
  amount: number | null;
  amount_reversed: number;
  stripe_transfer_id: string | null;
  stripe_reversal_id: string | null;
  failure_code: string | null;
}

export interface Balance {
  currency: string;
  available: number;
  pending: number;
  in_transit: number;
  debt: number;
}

export interface LedgerLine {
  kind: string;
  account: string;
  amount: number;
}

export interface Refund {
  id: string;
  status: string;
  amount: number;
}

/** The sandbox's books as far as the story reads them. */
export interface Books {
  payments: { id: string; status: string; amountReceivedMinor: number }[];
  refunds: { id: string; paymentId: string; status: string; amountMinor: number }[];
  transfers: { id: string; destination: string; amountMinor: number; amountReversedMinor: number }[];
  reversals: { id: string; transferId: string; amountMinor: number }[];
  accounts: { id: string; state: string; balancesMinor: Record<string, number> }[];
}

/** Accounts of the platform: one per currency. */
/** `buyer_refunds` is what buyers paid for nothing and get back (docs/adr/0007). */
export type PlatformAccountKind = 'psp_clearing' | 'platform_fee' | 'psp_fee' | 'disputes' | 'buyer_refunds';
/** Accounts of a seller: one per seller and currency. */
export type SellerAccountKind = 'payable' | 'in_transit' | 'paid_out';

export type AccountRef =
  { kind: PlatformAccountKind; sellerId: null } | { kind: SellerAccountKind; sellerId: string };

/** One signed line; what we owe is positive, what others hold for us is negative. */
export interface PostingEntry {
  account: AccountRef;
  amountMinor: number;
}

export type PostingKind =
  | 'order_completed'
  | 'payment_unfulfilled'
  | 'refund_succeeded'
  | 'refund_contradicted'
  | 'transfer_claimed'
  | 'transfer_completed'
  | 'transfer_returned'
  | 'reversal_succeeded'
  | 'dispute_opened'
  | 'dispute_won'
  | 'dispute_lost'
  | 'psp_fee_charged';

/** A business event as signed entries that sum to zero. `dedupeKey` makes it post once, however often it is told. */
export interface Posting {
  kind: PostingKind;
  dedupeKey: string;
  currency: string;
  orderId?: string;
  refundId?: string;
  transferId?: string;
  reversalId?: string;
  entries: PostingEntry[];
}

/** A seller's part of an order or refund, in minor units. */
export interface SellerShare {
  sellerId: string;
  netMinor: number;
  feeMinor: number;
}

interface OrderShares {
  orderId: string;
  currency: string;
  sellers: readonly SellerShare[];
}
interface RefundShares extends OrderShares {
  refundId: string;
  /** The part of the refund that was gone from the sale already, by a lost dispute: our loss. */
  lossMinor?: number;
}
interface BuyersMoney {
  orderId: string;
  currency: string;
  amountMinor: number;
}
interface BuyersRefund extends BuyersMoney {
  refundId: string;
}
interface DisputeMoney extends BuyersMoney {
  disputeId: string;
}
interface DisputeShares extends OrderShares {
  disputeId: string;
}
interface TransferMove {
  transferId: string;
  sellerId: string;
  currency: string;
  amountMinor: number;
}
interface TransferAttempt extends TransferMove {
  attempt: number;
}
interface ReversalMove extends TransferMove {
  reversalId: string;
}

const platform = (kind: PlatformAccountKind, amountMinor: number): PostingEntry => ({
  account: { kind, sellerId: null },
  amountMinor,
});
const seller = (kind: SellerAccountKind, sellerId: string, amountMinor: number): PostingEntry => ({
  account: { kind, sellerId },
  amountMinor,
});

const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, 0);
const grossOf = (sellers: readonly SellerShare[]): number =>
  sum(sellers.map((share) => share.netMinor + share.feeMinor));
const feesOf = (sellers: readonly SellerShare[]): number => sum(sellers.map((share) => share.feeMinor));

/** A sale's shares credited (`sign` 1) or taken back (`sign` -1) against the account that holds the money. */
function shares(holder: PlatformAccountKind, sellers: readonly SellerShare[], sign: 1 | -1): PostingEntry[] {
  return withoutZeros([
    platform(holder, -sign * grossOf(sellers)),
    ...sellers.map((share) => seller('payable', share.sellerId, sign * share.netMinor)),
    platform('platform_fee', sign * feesOf(sellers)),
  ]);
}

/** What was given back beyond the sale (`sign` -1), or that it came back (`sign` 1). */
const loss = (lossMinor: number, sign: 1 | -1): PostingEntry[] =>
  withoutZeros([platform('psp_clearing', -sign * lossMinor), platform('disputes', sign * lossMinor)]);

/** Money of a buyer that bought nothing, received (`sign` 1) or given back (`sign` -1). */
const buyersMoney = (amountMinor: number, sign: 1 | -1): PostingEntry[] => [
  platform('psp_clearing', -sign * amountMinor),
  platform('buyer_refunds', sign * amountMinor),
];

/** What a bank keeps back from us (`sign` 1) or gives back (`sign` -1). */
const withheld = (amountMinor: number, sign: 1 | -1): PostingEntry[] => [
  platform('psp_clearing', sign * amountMinor),
  platform('disputes', -sign * amountMinor),
];

/** A share of zero moves nothing, and the ledger refuses lines of zero. */
const withoutZeros = (entries: PostingEntry[]): PostingEntry[] =>
  entries.filter((entry) => entry.amountMinor !== 0);

const move = (
  { sellerId, amountMinor }: TransferMove,
  from: SellerAccountKind,
  to: SellerAccountKind,
): PostingEntry[] => [seller(from, sellerId, -amountMinor), seller(to, sellerId, amountMinor)];

/** The whole table of postings: which event moves what (design/decisions.md, Money; 08 3.4). */
export const postings = {
  /** The provider holds the price; the sellers are owed their net, we keep the fee. */
  orderCompleted: ({ orderId, currency, sellers }: OrderShares): Posting => ({
    kind: 'order_completed',
    dedupeKey: `sale:${orderId}`,
    currency,
    orderId,
    entries: shares('psp_clearing', sellers, 1),
  }),

  /** The provider holds money that bought nothing: it belongs to the buyer. */
  paymentUnfulfilled: ({ orderId, currency, amountMinor }: BuyersMoney): Posting => ({
    kind: 'payment_unfulfilled',
    dedupeKey: `unfulfilled:${orderId}`,
    currency,
    orderId,
    entries: buyersMoney(amountMinor, 1),
  }),

  /** Money that had bought nothing is back with its buyer. */
  unfulfilledRefunded: ({ refundId, orderId, currency, amountMinor }: BuyersRefund): Posting => ({
    kind: 'refund_succeeded',
    dedupeKey: `refund:${refundId}`,
    currency,
    orderId,
    refundId,
    entries: buyersMoney(amountMinor, -1),
  }),

  /** The provider took such a refund back: the money belongs to the buyer once more. */
  unfulfilledRefundContradicted: ({ refundId, orderId, currency, amountMinor }: BuyersRefund): Posting => ({
    kind: 'refund_contradicted',
    dedupeKey: `refund-contradicted:${refundId}`,
    currency,
    orderId,
    refundId,
    entries: buyersMoney(amountMinor, 1),
  }),

  /** The exact opposite of the refunded part of the sale. */
  refundSucceeded: ({ refundId, orderId, currency, sellers, lossMinor = 0 }: RefundShares): Posting => ({
    kind: 'refund_succeeded',
    dedupeKey: `refund:${refundId}`,
    currency,
    orderId,
    refundId,
    entries: [...shares('psp_clearing', sellers, -1), ...loss(lossMinor, -1)],
  }),

  /** A refund that the provider took back after it had succeeded (07 7.9.17): the sale stands again. */
  refundContradicted: ({ refundId, orderId, currency, sellers, lossMinor = 0 }: RefundShares): Posting => ({
    kind: 'refund_contradicted',
    dedupeKey: `refund-contradicted:${refundId}`,
    currency,
    orderId,
    refundId,
    entries: [...shares('psp_clearing', sellers, 1), ...loss(lossMinor, 1)],
  }),

  /** A transfer is about to be sent: the money can no longer be promised to another. */
  transferClaimed: (transfer: TransferAttempt): Posting => ({
    kind: 'transfer_claimed',
    dedupeKey: `transfer-claimed:${transfer.transferId}:${String(transfer.attempt)}`,
    currency: transfer.currency,
    transferId: transfer.transferId,
    entries: move(transfer, 'payable', 'in_transit'),
  }),

  /** The payout provider confirmed the transfer. */
  transferCompleted: (transfer: TransferMove): Posting => ({
    kind: 'transfer_completed',
    dedupeKey: `transfer:${transfer.transferId}`,
    currency: transfer.currency,
    transferId: transfer.transferId,
    entries: move(transfer, 'in_transit', 'paid_out'),
  }),

  /** The payout provider refused definitely: the seller is owed the amount again. */
  transferReturned: (transfer: TransferAttempt): Posting => ({
    kind: 'transfer_returned',
    dedupeKey: `transfer-returned:${transfer.transferId}:${String(transfer.attempt)}`,
    currency: transfer.currency,
    transferId: transfer.transferId,
    entries: move(transfer, 'in_transit', 'payable'),
  }),

  /** A paid transfer came back from the seller (07 7.9.6). */
  reversalSucceeded: (reversal: ReversalMove): Posting => ({
    kind: 'reversal_succeeded',
    dedupeKey: `reversal:${reversal.reversalId}`,
    currency: reversal.currency,
    transferId: reversal.transferId,
    reversalId: reversal.reversalId,
    entries: move(reversal, 'paid_out', 'payable'),
  }),

  /** The provider withheld the disputed amount. */
  disputeOpened: ({ disputeId, orderId, currency, amountMinor }: DisputeMoney): Posting => ({
    kind: 'dispute_opened',
    dedupeKey: `dispute:${disputeId}`,
    currency,
    orderId,
    entries: withheld(amountMinor, 1),
  }),

  /** It was won and is lost after all: the provider took the amount a second time. */
  disputeOpenedAgain: ({ disputeId, orderId, currency, amountMinor }: DisputeMoney): Posting => ({
    kind: 'dispute_opened',
    dedupeKey: `dispute-again:${disputeId}`,
    currency,
    orderId,
    entries: withheld(amountMinor, 1),
  }),

  /** The withheld amount came back. */
  disputeWon: ({ disputeId, orderId, currency, amountMinor }: DisputeMoney): Posting => ({
    kind: 'dispute_won',
    dedupeKey: `dispute-won:${disputeId}`,
    currency,
    orderId,
    entries: withheld(amountMinor, -1),
  }),

  /** It was lost and is won after all: the sellers are owed their net again, and we have the fee. */
  disputeRestored: ({ disputeId, orderId, currency, sellers }: DisputeShares): Posting => ({
    kind: 'dispute_won',
    dedupeKey: `dispute-restored:${disputeId}`,
    currency,
    orderId,
    entries: shares('disputes', sellers, 1),
  }),

  /** The withheld amount is gone: the sellers owe their net, we lose the fee. */
  disputeLost: ({ disputeId, orderId, currency, sellers }: DisputeShares): Posting => ({
    kind: 'dispute_lost',
    dedupeKey: `dispute-lost:${disputeId}`,
    currency,
    orderId,
    entries: shares('disputes', sellers, -1),
  }),

  /** What the provider kept for itself; `chargeId` names the fee. */
  pspFeeCharged: (fee: {
    chargeId: string;
    orderId?: string;
    currency: string;
    amountMinor: number;
  }): Posting => ({
    kind: 'psp_fee_charged',
    dedupeKey: `psp-fee:${fee.chargeId}`,
    currency: fee.currency,
    orderId: fee.orderId,
    entries: [platform('psp_clearing', fee.amountMinor), platform('psp_fee', -fee.amountMinor)],
  }),
};

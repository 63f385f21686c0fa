/** A seller's code: what it takes off, for whom, how often and how long. Amounts in minor units. */
export interface DiscountCode {
  id: string;
  sellerId: string;
  /** Upper case; one of its kind among all codes that are not archived, so that a buyer only types it. */
  code: string;
  /** Basis points of each price, or null for an amount. */
  percentBps: number | null;
  /** Taken off the items together, never more than they cost; or null for a percentage. */
  amountMinor: number | null;
  /** Of the amount and of the minimum; null when the code has neither. */
  currency: string | null;
  /** The products it is for; empty for all of the seller's. */
  productIds: string[];
  /** What the seller's items of an order must cost at least, those that the code is for. */
  minOrderAmountMinor: number | null;
  maxUses: number | null;
  maxUsesPerBuyer: number | null;
  /** From this moment on. */
  startsAt: Date | null;
  /** Before this moment. */
  endsAt: Date | null;
  /** Uses by orders that are open or were paid; the others gave theirs back. */
  uses: number;
  archivedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What a seller decides about a code when making it. */
export type DiscountContent = Omit<
  DiscountCode,
  'id' | 'sellerId' | 'uses' | 'archivedAt' | 'createdAt' | 'updatedAt'
>;

/** What a seller may change later: all but the code itself. */
export type DiscountChanges = Partial<Omit<DiscountContent, 'code'>>;

/** Which of a seller's codes to list. */
export interface DiscountQuery {
  page: number;
  limit: number;
  cursor?: string;
  isArchived?: boolean;
}

/** An item that a buyer wants, before any discount; the price in minor units. */
export interface DiscountableItem {
  productId: string;
  sellerId: string;
  priceMinor: number;
}

/** Codes are compared in upper case, without the space that copying brings along. */
export const normalizedCode = (text: string): string => text.trim().toUpperCase();

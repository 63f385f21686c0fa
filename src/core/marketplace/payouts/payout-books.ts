/** A transfer as the provider has it; amounts in minor units. */
export interface BookedTransfer {
  /** The provider's id, `tr_`. */
  transferId: string;
  amountMinor: number;
  reversedMinor: number;
  currency: string;
}

/** What the provider holds for the platform in one currency, in minor units. */
export interface BookedBalance {
  currency: string;
  availableMinor: number;
  pendingMinor: number;
}

/** The payout provider's own books, read only; throws like `PayoutProvider`. */
export abstract class PayoutBooks {
  abstract readonly name: string;
  abstract isConfigured(): boolean;
  /** Transfers that were created in [from, to), page by page. */
  abstract listTransfers(from: Date, to: Date): AsyncIterable<BookedTransfer[]>;
  /** The transfer under the provider's id, null when there is none. */
  abstract findTransfer(transferId: string): Promise<BookedTransfer | null>;
  abstract listBalances(): Promise<BookedBalance[]>;
}

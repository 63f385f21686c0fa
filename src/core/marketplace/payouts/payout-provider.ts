import type { PayoutCause } from './payout-cause.js';

/** What a connected account can do at present (08 2.3). `transfersEnabled` is what makes it payable. */
export interface ConnectedAccount {
  accountId: string;
  transfersEnabled: boolean;
  payoutsEnabled: boolean;
  chargesEnabled: boolean;
  detailsSubmitted: boolean;
  requirements: AccountRequirements;
  /** The user whom we named when the account was made. */
  userId: string | null;
}

/** What the provider still wants from a seller. */
export interface AccountRequirements {
  currentlyDue: string[];
  pastDue: string[];
  disabledReason: string | null;
  currentDeadline: string | null;
}

/** One transfer to create; every field must be the same again when the key is used again. */
export interface TransferRequest {
  transferId: string;
  orderId: string;
  destination: string;
  amountMinor: number;
  /** Upper-case ISO 4217. */
  currency: string;
  attemptEpoch: number;
  idempotencyKey: string;
}

/** One reversal to create; the same rule holds. */
export interface ReversalRequest {
  reversalId: string;
  /** The provider's transfer id, `tr_`. */
  stripeTransferId: string;
  amountMinor: number;
  cause: PayoutCause;
  idempotencyKey: string;
}

/**
 * Who pays sellers. Every call is refused inside a database transaction (07 7.6.1) and takes our own key.
 * Throws `ProviderRefusal` (a definite no), `ProviderAmbiguous` (nobody knows), `ProviderMisconfigured`
 * (our key), `EmptyTransferIdError` (an answer without a usable id), and 503 `PROVIDER_NOT_CONFIGURED`.
 */
export abstract class PayoutProvider {
  abstract readonly name: string;
  /** True when there is a key to call with. */
  abstract isConfigured(): boolean;
  abstract createAccount(userId: string, idempotencyKey: string): Promise<ConnectedAccount>;
  /** The accounts that we made for these users since `since`, by user; one pass over the provider's list. */
  abstract findAccounts(userIds: ReadonlySet<string>, since: Date): Promise<Map<string, ConnectedAccount>>;
  abstract getAccount(accountId: string): Promise<ConnectedAccount>;
  /** A single-use onboarding link; a bearer secret, never logged nor stored. */
  abstract createAccountLink(
    accountId: string,
    urls: { returnUrl: string; refreshUrl: string },
  ): Promise<{ url: string; expiresAt: Date }>;
  /** @returns the provider's transfer id, `tr_` */
  abstract createTransfer(request: TransferRequest): Promise<string>;
  /** @returns the provider's id of our transfer, found by order and our own id, or null */
  abstract findTransfer(orderId: string, transferId: string): Promise<string | null>;
  /** @returns the provider's reversal id, `trr_` */
  abstract createReversal(request: ReversalRequest): Promise<string>;
  /** @returns the provider's id of our reversal, or null */
  abstract findReversal(stripeTransferId: string, reversalId: string): Promise<string | null>;
}

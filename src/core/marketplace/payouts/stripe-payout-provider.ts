import { Injectable } from '@nestjs/common';
import { StripeClient } from './stripe-client.js';
import { accountOf, newAccount } from './stripe-accounts.js';
import { usableId } from './stripe-errors.js';
import {
  PayoutProvider,
  type ConnectedAccount,
  type ReversalRequest,
  type TransferRequest,
} from './payout-provider.js';

const PAGE = 100;

/** Stripe Connect, separate charges and transfers (08 section 2). */
@Injectable()
export class StripePayoutProvider extends PayoutProvider {
  readonly name = 'stripe';

  constructor(private readonly client: StripeClient) {
    super();
  }

  isConfigured(): boolean {
    return this.client.isConfigured();
  }

  async createAccount(userId: string, idempotencyKey: string): Promise<ConnectedAccount> {
    return this.client.call(async (stripe) => {
      const account = await stripe.accounts.create(newAccount(userId), { idempotencyKey });
      usableId(account, 'acct_', 'account');
      return accountOf(account);
    });
  }

  async getAccount(accountId: string): Promise<ConnectedAccount> {
    return this.client.call(async (stripe) => {
      const account = await stripe.accounts.retrieve(accountId);
      usableId(account, 'acct_', 'account');
      return accountOf(account);
    });
  }

  async findAccounts(userIds: ReadonlySet<string>, since: Date): Promise<Map<string, ConnectedAccount>> {
    return this.client.call(async (stripe) => {
      const found = new Map<string, ConnectedAccount>();
      const created = { gte: Math.floor(since.getTime() / 1000) };
      for await (const account of stripe.accounts.list({ created, limit: PAGE })) {
        const userId = account.metadata?.user_id ?? '';
        if (userIds.has(userId)) found.set(userId, accountOf(account));
      }
      return found;
    });
  }

  async createAccountLink(
    accountId: string,
    urls: { returnUrl: string; refreshUrl: string },
  ): Promise<{ url: string; expiresAt: Date }> {
    return this.client.call(async (stripe) => {
      const link = await stripe.accountLinks.create({
        account: accountId,
        type: 'account_onboarding',
        return_url: urls.returnUrl,
        refresh_url: urls.refreshUrl,
      });
      return { url: link.url, expiresAt: new Date(link.expires_at * 1000) };
    });
  }

  async createTransfer(request: TransferRequest): Promise<string> {
    return this.client.call(async (stripe) => {
      const transfer = await stripe.transfers.create(
        {
          amount: request.amountMinor,
          currency: request.currency.toLowerCase(),
          destination: request.destination,
          transfer_group: groupOf(request.orderId),
          description: `Sale ${request.orderId}`,
          metadata: {
            order_id: request.orderId,
            seller_transfer_id: request.transferId,
            attempt_epoch: String(request.attemptEpoch),
          },
        },
        { idempotencyKey: request.idempotencyKey },
      );
      return usableId(transfer, 'tr_', 'transfer');
    });
  }

  async findTransfer(orderId: string, transferId: string): Promise<string | null> {
    return this.client.call(async (stripe) => {
      const list = stripe.transfers.list({ transfer_group: groupOf(orderId), limit: PAGE });
      for await (const transfer of list) {
        if (transfer.metadata.seller_transfer_id === transferId) return usableId(transfer, 'tr_', 'transfer');
      }
      return null;
    });
  }

  async createReversal(request: ReversalRequest): Promise<string> {
    return this.client.call(async (stripe) => {
      const reversal = await stripe.transfers.createReversal(
        request.stripeTransferId,
        {
          amount: request.amountMinor,
          metadata: { reversal_id: request.reversalId, [`${request.cause.kind}_id`]: request.cause.id },
        },
        { idempotencyKey: request.idempotencyKey },
      );
      return usableId(reversal, 'trr_', 'reversal');
    });
  }

  async findReversal(stripeTransferId: string, reversalId: string): Promise<string | null> {
    return this.client.call(async (stripe) => {
      for await (const reversal of stripe.transfers.listReversals(stripeTransferId, { limit: PAGE })) {
        if (reversal.metadata?.reversal_id === reversalId) return usableId(reversal, 'trr_', 'reversal');
      }
      return null;
    });
  }
}

const groupOf = (orderId: string): string => `order_${orderId}`;

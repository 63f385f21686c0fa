import { Injectable } from '@nestjs/common';
import Stripe from 'stripe';
import { type BookedBalance, type BookedTransfer, PayoutBooks } from './payout-books.js';
import { StripeClient } from './stripe-client.js';
import { usableId } from './stripe-errors.js';

const PAGE = 100;

/** Stripe's list of transfers and its balance (08 3.8.7). */
@Injectable()
export class StripePayoutBooks extends PayoutBooks {
  readonly name = 'stripe';

  constructor(private readonly client: StripeClient) {
    super();
  }

  isConfigured(): boolean {
    return this.client.isConfigured();
  }

  async *listTransfers(from: Date, to: Date): AsyncGenerator<BookedTransfer[]> {
    // Stripe knows seconds: the list is cut at ours.
    const created = { gte: secondsOf(from), lt: secondsOf(to) };
    let last: string | undefined;
    for (;;) {
      const after: string | undefined = last;
      const page = await this.client.call((stripe) =>
        stripe.transfers.list({
          created,
          limit: PAGE,
          ...(after === undefined ? {} : { starting_after: after }),
        }),
      );
      yield page.data.map((transfer) => transferOf(transfer));
      last = page.data.at(-1)?.id;
      if (!page.has_more || last === undefined) return;
    }
  }

  async findTransfer(transferId: string): Promise<BookedTransfer | null> {
    return this.client.call(async (stripe) => {
      try {
        return transferOf(await stripe.transfers.retrieve(transferId));
      } catch (error) {
        if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode === 404) return null;
        throw error;
      }
    });
  }

  async listBalances(): Promise<BookedBalance[]> {
    const { available, pending } = await this.client.call((stripe) => stripe.balance.retrieve());
    const amountIn = (amounts: Stripe.Balance.Available[], currency: string): number =>
      amounts.find((one) => one.currency === currency)?.amount ?? 0;
    return available.map(({ currency, amount }) => ({
      currency: currency.toUpperCase(),
      availableMinor: amount,
      pendingMinor: amountIn(pending, currency),
    }));
  }
}

const secondsOf = (moment: Date): number => Math.floor(moment.getTime() / 1_000);

function transferOf(transfer: Stripe.Transfer): BookedTransfer {
  return {
    transferId: usableId(transfer, 'tr_', 'transfer'),
    amountMinor: transfer.amount,
    reversedMinor: transfer.amount_reversed,
    currency: transfer.currency.toUpperCase(),
  };
}

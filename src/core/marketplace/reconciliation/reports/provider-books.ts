import { Injectable } from '@nestjs/common';
import { PaymentBooks, PaymentProvider } from '../../payments/index.js';
import { PayoutBooks } from '../../payouts/index.js';
import { itemOfPayment, itemOfRefund, itemOfTransfer } from './booked-items.js';
import type { BookedItem, ObjectType, ReportedProvider, ReportWindow } from './report.types.js';

/** Where the rows of one kind come from: the provider's list, and a look at a single one. */
export interface BookSource {
  type: ObjectType;
  pages: (window: ReportWindow) => AsyncIterable<BookedItem[]>;
  find: (objectId: string) => Promise<BookedItem | null>;
}

/** The books of both providers, as far as they are configured. */
@Injectable()
export class ProviderBooks {
  constructor(
    private readonly paymentBooks: PaymentBooks,
    private readonly payments: PaymentProvider,
    private readonly payoutBooks: PayoutBooks,
  ) {}

  /** What can be compared. */
  sources(): BookSource[] {
    const fromPayments: BookSource[] = [
      {
        type: 'payment',
        pages: ({ from, to }) => mapPages(this.paymentBooks.listPayments(from, to), itemOfPayment),
        find: async (id) => mapOne(await this.payments.findPayment(id), itemOfPayment),
      },
      {
        type: 'refund',
        pages: ({ from, to }) => mapPages(this.paymentBooks.listRefunds(from, to), itemOfRefund),
        find: async (id) => mapOne(await this.payments.findRefund(id), itemOfRefund),
      },
    ];
    const fromPayouts: BookSource[] = [
      {
        type: 'transfer',
        pages: ({ from, to }) => mapPages(this.payoutBooks.listTransfers(from, to), itemOfTransfer),
        find: async (id) => mapOne(await this.payoutBooks.findTransfer(id), itemOfTransfer),
      },
    ];
    return [
      ...(this.paymentBooks.isConfigured() ? fromPayments : []),
      ...(this.payoutBooks.isConfigured() ? fromPayouts : []),
    ];
  }

  /** Which providers are asked, and what they hold. */
  async askedProviders(): Promise<ReportedProvider[]> {
    const isPaying = this.payoutBooks.isConfigured();
    return [
      { name: this.paymentBooks.name, wasAsked: this.paymentBooks.isConfigured(), balances: [] },
      {
        name: this.payoutBooks.name,
        wasAsked: isPaying,
        balances: isPaying ? await this.payoutBooks.listBalances() : [],
      },
    ];
  }
}

async function* mapPages<From>(
  pages: AsyncIterable<From[]>,
  map: (one: From) => BookedItem,
): AsyncGenerator<BookedItem[]> {
  for await (const page of pages) yield page.map(map);
}

const mapOne = <From>(one: From | null, map: (one: From) => BookedItem): BookedItem | null =>
  one === null ? null : map(one);

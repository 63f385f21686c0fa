import { Injectable } from '@nestjs/common';
import { PaymentBooks } from '../payment-books.js';
import type { ProviderPayment, ProviderRefund } from '../payment-provider.js';
import { ProviderAmbiguous, ProviderMisconfigured } from '../provider.errors.js';
import { meaningOf } from './hyperswitch-answers.js';
import { type HyperswitchAnswer, HyperswitchClient } from './hyperswitch-client.js';
import { paymentOf, refundOf, textOf } from './hyperswitch-objects.js';

type Json = Record<string, unknown>;

const PAGE = 100;

/** Hyperswitch's lists of payments and refunds (08 1.2). */
@Injectable()
export class HyperswitchBooks extends PaymentBooks {
  readonly name = 'hyperswitch';

  constructor(private readonly client: HyperswitchClient) {
    super();
  }

  isConfigured(): boolean {
    return this.client.isConfigured();
  }

  async *listPayments(from: Date, to: Date): AsyncGenerator<ProviderPayment[]> {
    let last: string | undefined;
    for (;;) {
      const query = new URLSearchParams({
        limit: String(PAGE),
        created_gte: from.toISOString(),
        created_lt: to.toISOString(),
        ...(last === undefined ? {} : { starting_after: last }),
      });
      const rows = rowsOf(await this.client.send('GET', `/payments/list?${query.toString()}`));
      const page = rows.map((row) => paymentOf(row, textOf(row.payment_id) ?? ''));
      yield page;
      last = page.at(-1)?.paymentId;
      if (page.length < PAGE || last === undefined) return;
    }
  }

  async *listRefunds(from: Date, to: Date): AsyncGenerator<ProviderRefund[]> {
    for (let offset = 0; ; offset += PAGE) {
      const answer = await this.client.send('POST', '/refunds/list', {
        limit: PAGE,
        offset,
        start_time: from.toISOString(),
        // The provider includes the end.
        end_time: new Date(to.getTime() - 1).toISOString(),
      });
      const page = rowsOf(answer).map((row) => refundOf(row, textOf(row.refund_id) ?? ''));
      yield page;
      if (page.length < PAGE) return;
    }
  }
}

/** The rows of a page. @throws ProviderAmbiguous for everything that is no list: nothing was told */
function rowsOf(answer: HyperswitchAnswer): Json[] {
  const meaning = meaningOf(answer);
  if (meaning.kind === 'misconfigured') throw new ProviderMisconfigured('hyperswitch');
  const { data } = answer.body;
  if (meaning.kind !== 'ok' || !Array.isArray(data)) throw new ProviderAmbiguous('the answer is not a list');
  return data as Json[];
}

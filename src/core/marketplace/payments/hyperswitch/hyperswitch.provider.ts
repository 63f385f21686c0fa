import { Injectable, Logger } from '@nestjs/common';
import {
  type CreatePaymentRequest,
  type CreateRefundRequest,
  PaymentProvider,
  type ProviderPayment,
  type ProviderRefund,
} from '../payment-provider.js';
import { ProviderAmbiguous, ProviderMisconfigured, ProviderRefusal } from '../provider.errors.js';
import { type AnswerMeaning, isOurMistake, meaningOf } from './hyperswitch-answers.js';
import { HyperswitchClient } from './hyperswitch-client.js';
import { paymentOf, refundOf, textOf } from './hyperswitch-objects.js';

/** More than the ten refunds that a payment can have (08 1.1). */
const MOST_REFUNDS_LISTED = 100;

/** Payments and refunds at Hyperswitch (08 1.2, 1.3). */
@Injectable()
export class HyperswitchProvider extends PaymentProvider {
  readonly name = 'hyperswitch';

  constructor(private readonly client: HyperswitchClient) {
    super();
  }

  isConfigured(): boolean {
    return this.client.isConfigured();
  }

  async createPayment(request: CreatePaymentRequest): Promise<ProviderPayment> {
    const { paymentId } = request;
    const answer = await this.client.send('POST', '/payments', {
      payment_id: paymentId,
      amount: request.amountMinor,
      currency: request.currency,
      confirm: false,
      capture_method: 'automatic',
      customer_id: request.customerId,
      description: request.description,
      merchant_order_reference_id: request.orderId,
      metadata: { order_id: request.orderId },
    });
    const meaning = meaningOf(answer);
    if (meaning.kind === 'ok') return paymentOf(answer.body, paymentId);
    return this.foundInstead(meaning, () => this.findPayment(paymentId));
  }

  async findPayment(paymentId: string): Promise<ProviderPayment | null> {
    const answer = await this.client.send(
      'GET',
      `/payments/${encodeURIComponent(paymentId)}?force_sync=true`,
    );
    const meaning = meaningOf(answer);
    if (meaning.kind === 'ok') return paymentOf(answer.body, paymentId);
    if (meaning.kind === 'absent') return null;
    throw silenceOf(meaning);
  }

  async cancelPayment(paymentId: string): Promise<ProviderPayment | null> {
    const answer = await this.client.send('POST', `/payments/${encodeURIComponent(paymentId)}/cancel`, {
      cancellation_reason: 'abandoned',
    });
    const meaning = meaningOf(answer);
    if (meaning.kind === 'ok') return paymentOf(answer.body, paymentId);
    if (meaning.kind === 'absent') return null;
    if (meaning.kind === 'refused') return this.findPayment(paymentId);
    throw failureOf(meaning);
  }

  async createRefund(request: CreateRefundRequest): Promise<ProviderRefund> {
    const { refundId } = request;
    const answer = await this.client.send('POST', '/refunds', {
      refund_id: refundId,
      payment_id: request.paymentId,
      amount: request.amountMinor,
      // Stripe as a connector knows three reasons only; the buyer's own words stay with us (08 1.3).
      reason: 'requested_by_customer',
      refund_type: 'instant',
      metadata: { order_id: request.orderId },
    });
    const meaning = meaningOf(answer);
    if (meaning.kind === 'ok') return refundOf(answer.body, refundId);
    return this.foundInstead(meaning, () => this.findRefund(refundId));
  }

  async findRefund(refundId: string): Promise<ProviderRefund | null> {
    const answer = await this.client.send('GET', `/refunds/${encodeURIComponent(refundId)}?force_sync=true`);
    const meaning = meaningOf(answer);
    if (meaning.kind === 'ok') return refundOf(answer.body, refundId);
    if (meaning.kind === 'absent') return null;
    throw silenceOf(meaning);
  }

  async listRefunds(paymentId: string): Promise<ProviderRefund[]> {
    const answer = await this.client.send('POST', '/refunds/list', {
      payment_id: paymentId,
      limit: MOST_REFUNDS_LISTED,
    });
    const meaning = meaningOf(answer);
    if (meaning.kind === 'misconfigured') throw failureOf(meaning);
    const { data, total_count: total } = answer.body;
    // Asking moves nothing: whatever is no full list has told nothing.
    if (meaning.kind !== 'ok' || !Array.isArray(data) || (typeof total === 'number' && total > data.length)) {
      throw new ProviderAmbiguous('the answer is not the list of refunds');
    }
    return data.map((one: Record<string, unknown>) => refundOf(one, textOf(one.refund_id) ?? ''));
  }

  /**
   * After a creation that did not answer with the thing itself: an id that exists is our own earlier call,
   * and a connector's refusal is believed only when nothing is there.
   */
  private async foundInstead<T>(meaning: AnswerMeaning, find: () => Promise<T | null>): Promise<T> {
    const isWorthALook = meaning.kind === 'exists' || (meaning.kind === 'refused' && !meaning.isCertain);
    const found = isWorthALook ? await find() : null;
    if (found !== null) return found;
    throw failureOf(meaning);
  }
}

/** Asking moves nothing: a question that was refused has told nothing of the payment or refund itself. */
function silenceOf(meaning: AnswerMeaning): Error {
  const failure = failureOf(meaning);
  if (!(failure instanceof ProviderRefusal)) return failure;
  return new ProviderAmbiguous(`the question was refused (${failure.code})`);
}

const logger = new Logger('Hyperswitch');

/** What the caller gets; the operator is told of what no retry can heal (08 1.3). */
function failureOf(meaning: AnswerMeaning): Error {
  if (meaning.kind === 'refused') {
    const { code, message } = meaning;
    if (isOurMistake(code))
      logger.error({ message: 'a request of ours is malformed', code, reason: message });
    return new ProviderRefusal(code, message);
  }
  if (meaning.kind === 'misconfigured') {
    logger.error({ message: 'the API key is refused: nothing can be paid or refunded until it is right' });
    return new ProviderMisconfigured('hyperswitch');
  }
  if (meaning.kind === 'unknown') return new ProviderAmbiguous(meaning.reason);
  return new ProviderAmbiguous(`the answer was "${meaning.kind}"`);
}

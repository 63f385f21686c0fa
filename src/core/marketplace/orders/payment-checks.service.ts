import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import {
  PaymentExceptions,
  PaymentProvider,
  PolledEvents,
  ProviderAmbiguous,
  ProviderMisconfigured,
  type ProviderPayment,
} from '../payments/index.js';
import { isFinalStatus, stepOf } from './payment-check-step.js';
import { type CheckSchedule, type DueCheck, PaymentChecksRepository } from './payment-checks.repository.js';

const DAY_MS = 86_400_000;

/** How a check ended; `unknown` and `misconfigured` learnt nothing. */
export type CheckResult = 'waiting' | 'reported' | 'cancelled' | 'unknown' | 'misconfigured';

/** Asks the provider what became of payments whose webhooks did not say it (08 3.8.3). */
@Injectable()
export class PaymentChecks {
  private readonly logger = new Logger(PaymentChecks.name);
  private readonly schedule: CheckSchedule;
  private readonly limitMs: number;
  private readonly arrivalMs: number;

  constructor(
    private readonly checks: PaymentChecksRepository,
    private readonly provider: PaymentProvider,
    private readonly polled: PolledEvents,
    private readonly exceptions: PaymentExceptions,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    const stepsMs = [...config.get('PAYMENT_SWEEP_STEPS')].sort((a, b) => a - b);
    this.limitMs = stepsMs.at(-1) ?? DAY_MS;
    this.schedule = { stepsMs, repeatMs: Math.min(this.limitMs, DAY_MS) };
    this.arrivalMs = 2 * config.get('PSP_TIMEOUT');
  }

  /** Up to `limit` orders that are due, oldest first; none without a provider. */
  async findDue(limit: number): Promise<DueCheck[]> {
    if (!this.provider.isConfigured()) return [];
    return this.checks.findDue(this.clock.now(), this.schedule, limit);
  }

  /** Closes the cases of orders that are not pending any more. @returns how many */
  @Transactional()
  async closeHealed(): Promise<number> {
    const named = await this.exceptions.findOpenOrders('payment_stuck');
    if (named.length === 0) return 0;
    const healed = await this.checks.findEnded(named);
    for (const orderId of healed) {
      await this.exceptions.resolveFor(
        { kind: 'payment_stuck', orderId },
        'the order is not pending any more',
      );
    }
    return healed.length;
  }

  /**
   * Asks for one payment and feeds the reducer with the answer. An order that is still pending at its limit goes on
   * the exceptions list, unless the answer ends it. A check that learnt nothing for want of credentials does not count.
   */
  async check(due: DueCheck): Promise<CheckResult> {
    try {
      const payment = await this.provider.findPayment(due.paymentId);
      return await this.follow(due, payment);
    } catch (error) {
      const isMisconfigured = error instanceof ProviderMisconfigured;
      if (!isMisconfigured && !(error instanceof ProviderAmbiguous)) throw error;
      await this.noteSilence(due, { isCounted: !isMisconfigured, reason: error.message });
      return isMisconfigured ? 'misconfigured' : 'unknown';
    }
  }

  private async follow(due: DueCheck, payment: ProviderPayment | null): Promise<CheckResult> {
    const step = stepOf({
      status: payment?.status ?? null,
      hasOrderEnded: due.status !== 'pending',
      isAtLimit: this.isAtLimit(due),
      mayStillArrive: this.ageMs(due) < this.arrivalMs,
    });
    if (step !== 'cancel') {
      await this.note(due, payment, step !== 'wait');
      return step === 'wait' ? 'waiting' : 'reported';
    }
    const cancelled = await this.provider.cancelPayment(due.paymentId);
    await this.note(due, cancelled, true);
    return 'cancelled';
  }

  /** The news, the count of the check and the case, all or nothing. */
  @Transactional()
  protected async note(due: DueCheck, payment: ProviderPayment | null, isNews: boolean): Promise<void> {
    if (isNews) await this.report(due, payment);
    await this.checks.count(due);
    const isLate = due.checks >= this.schedule.stepsMs.length;
    const isEnding = isNews && isFinalStatus(payment?.status ?? null);
    if (isLate || !isEnding)
      await this.raiseAtLimit(due, `the provider says "${payment?.status ?? 'absent'}"`);
  }

  @Transactional()
  protected async noteSilence(
    due: DueCheck,
    { isCounted, reason }: { isCounted: boolean; reason: string },
  ): Promise<void> {
    this.logger.warn({ message: 'a payment could not be asked for', order_id: due.orderId, reason });
    if (isCounted) await this.checks.count(due);
    await this.raiseAtLimit(due, reason);
  }

  /** In the words of a webhook. A payment that is not there is reported as expired: it can never be paid. */
  private async report({ paymentId }: DueCheck, payment: ProviderPayment | null): Promise<void> {
    const body =
      payment === null
        ? { payment_id: paymentId, status: 'expired' }
        : {
            payment_id: paymentId,
            status: payment.status,
            amount: payment.amountMinor,
            amount_received: payment.amountReceivedMinor,
            currency: payment.currency,
            updated: payment.updatedAt?.toISOString(),
          };
    const statusKey = payment?.status ?? 'absent';
    await this.polled.record({
      provider: 'hyperswitch',
      kind: 'payment',
      objectId: paymentId,
      statusKey,
      body,
    });
  }

  private async raiseAtLimit(due: DueCheck, reason: string): Promise<void> {
    if (due.status !== 'pending' || !this.isAtLimit(due)) return;
    await this.exceptions.raise({
      kind: 'payment_stuck',
      provider: this.provider.name,
      orderId: due.orderId,
      message: `The order is pending for longer than it may be: ${reason}`,
      details: { payment_id: due.paymentId, created_at: due.createdAt.toISOString() },
    });
  }

  private isAtLimit(due: DueCheck): boolean {
    return this.ageMs(due) >= this.limitMs;
  }

  private ageMs({ createdAt }: DueCheck): number {
    return this.clock.now().getTime() - createdAt.getTime();
  }
}

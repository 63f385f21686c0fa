import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import type { FailureClass } from './transfer-retry-policy.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 86_400_000;

/** A lookup and a creation, each with the one repetition that the SDK does by itself, and one for our own work. */
const CALLS_PER_ATTEMPT = 5;

/** When transfers and reversals are sent, how long an attempt may take, and when it is repeated (08 3.5). */
@Injectable()
export class PayoutTiming {
  /** How long one attempt at the provider may take before somebody else may look at it. */
  readonly leaseMs: number;
  /** TRANSFERS_PAUSED: the operator's brake. */
  readonly isPausedByConfiguration: boolean;
  private readonly arrivalGraceMs: number;
  private readonly stepsMs: Record<FailureClass, readonly number[]>;

  constructor(
    config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.leaseMs = config.get('PSP_TIMEOUT') * CALLS_PER_ATTEMPT;
    this.isPausedByConfiguration = config.get('TRANSFERS_PAUSED');
    this.arrivalGraceMs = config.get('TRANSFER_ARRIVAL_GRACE');
    this.stepsMs = {
      ambiguous: config.get('TRANSFER_UNKNOWN_STEPS'),
      slow: config.get('TRANSFER_SHORT_STEPS'),
      definite: config.get('TRANSFER_REFUSED_STEPS'),
      rate_limit: [5 * SECOND_MS, 15 * SECOND_MS, MINUTE_MS],
      account: [7 * DAY_MS],
      configuration: [10 * MINUTE_MS],
    };
  }

  now(): Date {
    return this.clock.now();
  }

  /** True when what was sent last must have arrived by now, if it arrives at all (TRANSFER_ARRIVAL_GRACE). */
  mustHaveArrived(lastSentAt: Date | null): boolean {
    return this.clock.now().getTime() - (lastSentAt?.getTime() ?? 0) >= this.arrivalGraceMs;
  }

  /** @param streak how often this class has been met in a row, from 1; the last step repeats */
  nextTry(failure: FailureClass, streak: number): Date {
    const steps = this.stepsMs[failure];
    const delayMs = steps[Math.min(Math.max(streak, 1), steps.length) - 1] ?? DAY_MS;
    return new Date(this.clock.now().getTime() + delayMs);
  }
}

import { Clock } from '../../src/common/time/index.js';

/** A clock that follows the machine's until a test moves it. */
export class TestClock extends Clock {
  private offsetMs = 0;
  private frozenAt: Date | null = null;

  now(): Date {
    return this.frozenAt ?? new Date(Date.now() + this.offsetMs);
  }

  /** Moves business time; negative values go back. */
  advance(ms: number): void {
    if (this.frozenAt !== null) this.frozenAt = new Date(this.frozenAt.getTime() + ms);
    else this.offsetMs += ms;
  }

  /** Stops business time at a moment. */
  freeze(at: Date): void {
    this.frozenAt = at;
  }

  /** Back to the machine's time. */
  reset(): void {
    this.frozenAt = null;
    this.offsetMs = 0;
  }
}

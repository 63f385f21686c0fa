import { CronTime } from 'cron';

const ZONE = 'UTC';
/** Timers fire a little early at times; no cron expression is finer than a second. */
const EARLY_TIMER_MS = 500;

/** The ticks of a cron expression, in UTC. */
export class JobSchedule {
  private readonly time: CronTime;
  private lastTick: Date;

  /** @param since ticks up to here are past. @throws Error when the expression is no cron expression */
  constructor(
    readonly cron: string,
    since: Date,
  ) {
    this.time = new CronTime(cron, ZONE);
    this.lastTick = since;
  }

  /** The first tick after a moment. */
  nextAfter(moment: Date): Date {
    return this.time.getNextDateFrom(moment, ZONE).toJSDate();
  }

  /**
   * The tick that a timer stands for: the newest one that is due. All processes name a tick alike however
   * late their timers or clocks are, so that only one of them wins it.
   */
  takeTick(now: Date): Date | null {
    const latest = now.getTime() + EARLY_TIMER_MS;
    let tick: Date | null = null;
    for (let next = this.nextAfter(this.lastTick); next.getTime() <= latest; next = this.nextAfter(next)) {
      tick = next;
    }
    if (tick) this.lastTick = tick;
    return tick;
  }
}

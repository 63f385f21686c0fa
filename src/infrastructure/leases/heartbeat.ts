/** What a heartbeat needs: how long the lease is and how it is extended in the database. */
export interface HeartbeatOptions {
  leaseMs: number;
  /** Extends the lease by the database's clock; false when somebody else has it by now. */
  extend: () => Promise<boolean>;
  /** Called once when the lease is lost; the work may not rely on being alone any more. */
  onLost: () => void;
  /** Called for every extension that failed for another reason; the next one is tried nevertheless. */
  onError: (error: unknown) => void;
}

/**
 * Keeps the lease of running work alive, three times per lease, until it is stopped. The one mechanism
 * behind outbox deliveries (media and mails among them) and scheduled jobs (design/decisions).
 */
export class Heartbeat {
  private readonly timer: NodeJS.Timeout;
  private isExtending = false;
  private isStopped = false;

  constructor(private readonly options: HeartbeatOptions) {
    this.timer = setInterval(() => void this.beat(), Math.max(Math.floor(options.leaseMs / 3), 1));
  }

  /** Ends the heartbeat; the lease then runs out by itself unless it is returned. */
  stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  private async beat(): Promise<void> {
    if (this.isExtending) return;
    this.isExtending = true;
    try {
      const isHeld = await this.options.extend();
      if (isHeld || this.isStopped) return;
      this.stop();
      this.options.onLost();
    } catch (error) {
      if (!this.isStopped) this.options.onError(error);
    } finally {
      this.isExtending = false;
    }
  }
}

/** Timers that can all be cleared at once, so that nothing fires after the sandbox has closed. */
export class Timers {
  private readonly running = new Set<NodeJS.Timeout>();
  private isClosed = false;

  after(delayMs: number, work: () => void): void {
    if (this.isClosed) return;
    const timer = setTimeout(() => {
      this.running.delete(timer);
      work();
    }, delayMs);
    this.running.add(timer);
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  clear(): void {
    for (const timer of this.running) clearTimeout(timer);
    this.running.clear();
  }

  close(): void {
    this.isClosed = true;
    this.clear();
  }
}

/** A call that is kept waiting until somebody releases it. */
export interface HeldCall {
  id: number;
  method: string;
  path: string;
  /** Whether the provider has already carried the call out. */
  isCommitted: boolean;
  /** True when the caller hung up (or was killed) meanwhile. */
  isCallerGone: boolean;
  since: string;
}

interface Hold extends HeldCall {
  release: () => void;
}

/** Keeps calls of the `hold` fault: what a kill drill needs between commit and answer. */
export class HoldDesk {
  private nextId = 1;
  private holds: Hold[] = [];

  /** Resolves when the call is released; `onCallerGone` registers the watcher of its connection. */
  keep(
    call: { method: string; path: string; isCommitted: boolean },
    onCallerGone: (watcher: () => void) => void,
  ): Promise<void> {
    return new Promise((resolve) => {
      const hold: Hold = {
        ...call,
        id: this.nextId++,
        isCallerGone: false,
        since: new Date().toISOString(),
        release: resolve,
      };
      onCallerGone(() => {
        hold.isCallerGone = true;
      });
      this.holds.push(hold);
    });
  }

  list(): HeldCall[] {
    return this.holds.map(({ release: _release, ...call }) => ({ ...call }));
  }

  /** Lets one call go on, or all of them. @returns how many were released */
  release(id?: number): number {
    const released = this.holds.filter((hold) => id === undefined || hold.id === id);
    this.holds = this.holds.filter((hold) => !released.includes(hold));
    for (const hold of released) hold.release();
    return released.length;
  }
}

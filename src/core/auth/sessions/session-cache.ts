/** What is kept of one session; null when there is none with its id. */
interface Entry<State> {
  state: State | null;
  freshUntilMs: number;
}

/** The part of a session's state by which it is found. */
interface OfUser {
  userId: string;
}

const MAX_ENTRIES = 10_000;

/**
 * Keeps what was loaded of a session for a short time, counted from the start of the loading. Parallel
 * readers share one loading; one that began before a session was forgotten is not kept.
 */
export class SessionCache<State extends OfUser> {
  private readonly entries = new Map<string, Entry<State>>();
  private readonly loading = new Map<string, Promise<State | null>>();

  constructor(
    private readonly load: (sessionId: string) => Promise<State | null>,
    private readonly maxAgeMs: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** The kept state while it is fresh, undefined when it must be loaded. */
  peek(sessionId: string): State | null | undefined {
    const entry = this.entries.get(sessionId);
    return entry !== undefined && entry.freshUntilMs > this.nowMs() ? entry.state : undefined;
  }

  /** Loads the state; who asks meanwhile waits for the same answer. */
  async fetch(sessionId: string): Promise<State | null> {
    const underWay = this.loading.get(sessionId);
    if (underWay !== undefined) return underWay;
    const startedMs = this.nowMs();
    const promise = this.load(sessionId);
    this.loading.set(sessionId, promise);
    try {
      const state = await promise;
      if (this.loading.get(sessionId) === promise) this.keep(sessionId, state, startedMs + this.maxAgeMs);
      return state;
    } finally {
      if (this.loading.get(sessionId) === promise) this.loading.delete(sessionId);
    }
  }

  /** Forgets one session. */
  forget(sessionId: string): void {
    this.entries.delete(sessionId);
    this.loading.delete(sessionId);
  }

  /** Forgets every session of a user. */
  forgetUser(userId: string): void {
    for (const [sessionId, { state }] of this.entries) {
      if (state?.userId === userId) this.entries.delete(sessionId);
    }
    this.loading.clear();
  }

  /** Forgets everything. */
  clear(): void {
    this.entries.clear();
    this.loading.clear();
  }

  private keep(sessionId: string, state: State | null, freshUntilMs: number): void {
    this.entries.delete(sessionId);
    const oldest = this.entries.keys().next();
    if (this.entries.size >= MAX_ENTRIES && oldest.done !== true) this.entries.delete(oldest.value);
    this.entries.set(sessionId, { state, freshUntilMs });
  }
}

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ProbeState } from '../health-indicators.js';

const HEAP_SHARE_LIMIT = 0.9;
const LAG_LIMIT_MS = 250;
const NS_PER_MS = 1_000_000;

/** Degraded when more than 90 % of the heap that Node may use is used (spec 06). */
export function probeMemory(statistics = getHeapStatistics()): ProbeState {
  return statistics.used_heap_size > statistics.heap_size_limit * HEAP_SHARE_LIMIT ? 'degraded' : 'healthy';
}

/** Watches how late timers fire; takes the place of S4's goroutine count. */
export class EventLoopProbe {
  private readonly histogram = monitorEventLoopDelay({ resolution: 20 });

  start(): void {
    this.histogram.enable();
  }

  stop(): void {
    this.histogram.disable();
  }

  /** Degraded when one in a hundred timers was late by more than 250 ms since the last look. */
  look(): ProbeState {
    const lagMs = this.histogram.percentile(99) / NS_PER_MS;
    this.histogram.reset();
    return lagMs > LAG_LIMIT_MS ? 'degraded' : 'healthy';
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../../common/time/index.js';
import {
  type GaugeSample,
  Metrics,
  MONEY_GAUGE_DEFINITIONS,
  type MoneyGaugeName,
} from '../../../../infrastructure/metrics/index.js';
import { type MoneySample, MoneyGaugesRepository } from './money-gauges.repository.js';

/** All gauges of one scrape share one reading; so do scrapes that come close together. */
const FRESH_MS = 2_000;

/** Feeds the gauges of money, read at the scrape (issue: money, 11). */
@Injectable()
export class MoneyGauges implements OnModuleInit {
  private reading: { samples: Promise<MoneySample[]>; startedAtMs: number } | null = null;

  constructor(
    private readonly metrics: Metrics,
    private readonly gauges: MoneyGaugesRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    for (const name of Object.keys(MONEY_GAUGE_DEFINITIONS) as MoneyGaugeName[]) {
      this.metrics.registerSamples(name, () => this.samplesOf(name));
    }
  }

  private async samplesOf(name: MoneyGaugeName): Promise<GaugeSample[]> {
    const samples = await this.read();
    return samples.filter(({ metric }) => metric === name);
  }

  private read(): Promise<MoneySample[]> {
    const nowMs = performance.now();
    if (this.reading === null || nowMs - this.reading.startedAtMs > FRESH_MS) {
      this.reading = { samples: this.gauges.read(this.clock.now()), startedAtMs: nowMs };
    }
    return this.reading.samples;
  }
}

/** Adds up decoded samples of a stream whose rate may change on the way. */
export class SampleTally {
  private readonly samplesByRate = new Map<number, number>();

  add(samples: number, sampleRateHz: number): void {
    this.samplesByRate.set(sampleRateHz, (this.samplesByRate.get(sampleRateHz) ?? 0) + samples);
  }

  get durationMs(): number {
    let durationMs = 0;
    for (const [rate, samples] of this.samplesByRate) durationMs += (samples * 1000) / rate;
    return durationMs;
  }
}

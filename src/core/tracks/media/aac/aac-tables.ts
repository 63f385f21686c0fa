/** Sample rates by index, shared by ADTS headers and AudioSpecificConfig (ISO 14496-3 1.6.3.4). */
export const AAC_SAMPLE_RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];

/** Channels of a channel configuration; 0 when the stream describes them elsewhere. */
export function aacChannels(configuration: number): number {
  return [0, 1, 2, 3, 4, 5, 6, 8][configuration] ?? 0;
}

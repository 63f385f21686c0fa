/** What a metric is called, means and is labelled with. */
export interface MetricDefinition<Label extends string> {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly Label[];
  readonly buckets?: number[];
}

/** A row of the tables of metrics. */
export const define = <const Label extends string>(
  kind: MetricDefinition<Label>['kind'],
  help: string,
  labels: readonly Label[] = [],
  buckets?: number[],
): MetricDefinition<Label> => (buckets ? { kind, help, labels, buckets } : { kind, help, labels });

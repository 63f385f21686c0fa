import { METRIC_DEFINITIONS } from '../../src/infrastructure/metrics/index.js';
import type { Artefact } from './artefact.js';
import { markdownTable } from './markdown.js';

const INTRODUCTION = `# Metrics

<!-- Generated from src/infrastructure/metrics by \`npm run generate\`; do not edit. -->

\`GET /metrics\` answers Prometheus text, and JSON for \`Accept: application/json\`. With \`METRICS_TOKEN\` set it wants
\`Authorization: Bearer <token>\`; without it it is open, in staging and production from this machine only.

Beside the product's metrics there are those of the process under the names that \`prom-client\` gives them:
\`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`, \`nodejs_eventloop_lag_seconds\`,
\`nodejs_heap_size_used_bytes\`, \`nodejs_gc_duration_seconds\` and more.

Gauges are computed at the scrape; all values belong to one process, except \`veza_auth_sessions_active\` and the
gauges of money (the last seventeen), which are counted in the database and are the same in every process.
`;

/** \`docs/metrics.md\`: the metrics of the product with labels and buckets. */
export function renderMetricsDoc(): string {
  const rows = Object.entries(METRIC_DEFINITIONS).map(([name, { kind, labels, help, buckets }]) => [
    `\`${name}\``,
    kind,
    labels.map((label) => `\`${label}\``).join(', ') || '-',
    buckets ? `${help} Buckets: ${buckets.join(', ')} s.` : help,
  ]);
  return `${INTRODUCTION}\n${markdownTable(['Metric', 'Kind', 'Labels', 'Meaning'], rows)}`;
}

export const metricsDocArtefact: Artefact = {
  path: 'docs/metrics.md',
  render: async () => renderMetricsDoc(),
};

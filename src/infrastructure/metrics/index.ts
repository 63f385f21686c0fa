export { METRIC_DEFINITIONS, type MetricName } from './metric-definitions.js';
export { Metrics, type GaugeSample, type GaugeSupplier, type LoginStatus } from './metrics.js';
export { MetricsModule } from './metrics.module.js';
export { OperatorAccess, type OperatorRequest } from './operator-access.js';
export { MONEY_GAUGE_DEFINITIONS, type MoneyGaugeName } from './payment-metric-definitions.js';

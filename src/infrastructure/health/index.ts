export {
  HealthIndicators,
  type HealthIndicator,
  type HealthScope,
  type ProbeState,
} from './health-indicators.js';
export { HealthModule } from './health.module.js';
export { providerIndicator, type ProviderDescription } from './provider-indicator.js';

export { ProviderStatusModule } from './provider-status.module.js';

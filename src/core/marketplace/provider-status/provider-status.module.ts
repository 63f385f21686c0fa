import { Module } from '@nestjs/common';
import { HealthModule } from '../../../infrastructure/health/index.js';
import { PaymentsModule } from '../payments/index.js';
import { PayoutsModule } from '../payouts/index.js';
import { ProviderIndicators } from './provider-indicators.js';

/** The health of the payment and payout providers; neither of them knows of the other. */
@Module({
  imports: [HealthModule, PaymentsModule, PayoutsModule],
  providers: [ProviderIndicators],
})
export class ProviderStatusModule {}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { HealthIndicators, providerIndicator } from '../../../infrastructure/health/index.js';
import { PaymentProvider } from '../payments/index.js';
import { PayoutProvider } from '../payouts/index.js';

const STRIPE_URL = 'https://api.stripe.com';

/** Shows in /status whether money can be taken and paid out. */
@Injectable()
export class ProviderIndicators implements OnModuleInit {
  constructor(
    private readonly indicators: HealthIndicators,
    private readonly config: AppConfig,
    private readonly payments: PaymentProvider,
    private readonly payouts: PayoutProvider,
  ) {}

  onModuleInit(): void {
    this.indicators.register(
      providerIndicator({
        name: 'payment_provider',
        isConfigured: this.payments.isConfigured(),
        url: this.config.get('HYPERSWITCH_URL'),
      }),
    );
    this.indicators.register(
      providerIndicator({
        name: 'payout_provider',
        isConfigured: this.payouts.isConfigured(),
        url: this.config.get('STRIPE_API_URL') ?? STRIPE_URL,
      }),
    );
  }
}

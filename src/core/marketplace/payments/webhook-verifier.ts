import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { isSignedByHyperswitch } from './hyperswitch/hyperswitch-signature.js';
import { providerNotConfigured } from './provider.errors.js';
import { isSignedByStripe } from './stripe/stripe-signature.js';
import type { IncomingWebhook, WebhookProvider } from './webhooks.types.js';

/** Checks a delivery's signature over the raw bytes, before anything reads them (07 7.6.21). */
@Injectable()
export class WebhookVerifier {
  constructor(private readonly config: AppConfig) {}

  /** @throws DomainError 503 `PROVIDER_NOT_CONFIGURED` without a secret: nothing is ever verified with '' */
  isSigned({ provider, rawBody, signature }: IncomingWebhook): boolean {
    const secrets = this.secretsOf(provider).filter(
      (secret) => secret !== undefined && secret !== '',
    ) as string[];
    if (secrets.length === 0) throw providerNotConfigured(provider);
    const check = provider === 'stripe' ? isSignedByStripe : isSignedByHyperswitch;
    return check(rawBody, signature, secrets);
  }

  private secretsOf(provider: WebhookProvider): (string | undefined)[] {
    if (provider === 'stripe') {
      return [this.config.get('STRIPE_WEBHOOK_SECRET'), this.config.get('STRIPE_CONNECT_WEBHOOK_SECRET')];
    }
    return [
      this.config.get('HYPERSWITCH_WEBHOOK_SECRET'),
      this.config.get('HYPERSWITCH_WEBHOOK_SECRET_PREVIOUS'),
    ];
  }
}

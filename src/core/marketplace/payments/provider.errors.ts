import { DomainError } from '../../../common/errors/index.js';

/** The provider refused for good: nothing happened there and the same request will never succeed (08 1.3). */
export class ProviderRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ProviderRefusal';
  }
}

/** A timeout, a reset, a 5xx or an answer that cannot be read: it may have happened (07 7.9.2). */
export class ProviderAmbiguous extends Error {
  constructor(
    readonly reason: string,
    options?: { cause?: unknown },
  ) {
    super(`The provider's answer is unknown: ${reason}`, options);
    this.name = 'ProviderAmbiguous';
  }
}

/** The provider refused our credentials: a matter for the operator, never for the buyer. */
export class ProviderMisconfigured extends Error {
  constructor(readonly provider: string) {
    super(`${provider} refuses the configured credentials`);
    this.name = 'ProviderMisconfigured';
  }
}

/** 503 `PROVIDER_NOT_CONFIGURED`: the operator gave no credentials for this provider. */
export const providerNotConfigured = (provider: string): DomainError =>
  new DomainError('PROVIDER_NOT_CONFIGURED', 'unavailable', `The provider ${provider} is not configured`, {
    data: { provider },
  });

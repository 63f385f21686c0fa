import { ProviderAmbiguous } from '../payments/index.js';

/** Too many requests, or the object is locked by another one: the same request again, a little later (08 2.2). */
export class ProviderRateLimited extends ProviderAmbiguous {
  constructor(readonly code: string) {
    super(`refused for the moment: ${code}`);
    this.name = 'ProviderRateLimited';
  }
}

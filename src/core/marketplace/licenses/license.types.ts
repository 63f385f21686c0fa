import type { LicenseTerms, LicenseType, ProductType } from '../products/index.js';

/**
 * `suspended` only while a dispute is open (07 7.9.24). A revoked licence comes back only when the provider
 * takes the refund back that revoked it (7.9.17).
 */
export const LICENSE_STATUSES = ['active', 'suspended', 'revoked'] as const;
export type LicenseStatus = (typeof LICENSE_STATUSES)[number];

/** What a buyer owns, as it was when they bought it; `priceMinor` is what they paid, in minor units. */
export interface License {
  id: string;
  number: string;
  orderId: string;
  orderItemId: string;
  buyerId: string;
  sellerId: string;
  productId: string;
  productTitle: string;
  productType: ProductType;
  licenseType: LicenseType;
  /** What the tier included on the day of the sale; null for a service and where it was not recorded yet. */
  terms: LicenseTerms | null;
  priceMinor: number;
  currency: string;
  status: LicenseStatus;
  trackIds: string[];
  downloadCount: number;
  lastDownloadedAt: Date | null;
  createdAt: Date;
  revokedAt: Date | null;
}

/** A licence whose state was just changed. */
export type ChangedLicense = Pick<License, 'id' | 'orderItemId' | 'licenseType'>;

/** What an order item grants. */
export interface LicenseGrant {
  orderItemId: string;
  sellerId: string;
  productId: string;
  productTitle: string;
  productType: ProductType;
  licenseType: LicenseType;
  /** What the buyer pays for it, in minor units. */
  priceMinor: number;
  trackIds: readonly string[];
}

/** Which of a buyer's licences to list. */
export interface LicenseQuery {
  page: number;
  limit: number;
  cursor?: string;
  status?: LicenseStatus;
}

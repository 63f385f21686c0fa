import { defineStates } from '../../../common/state-machine/index.js';
import type { LicenseType, ProductType } from '../products/index.js';

export const LICENSE_STATUSES = ['active', 'suspended', 'revoked'] as const;
export type LicenseStatus = (typeof LICENSE_STATUSES)[number];

/** `suspended` only while a dispute is open (07 7.9.24); a refund revokes for good. */
export const licenseStates = defineStates<LicenseStatus>('license', {
  active: ['suspended', 'revoked'],
  suspended: ['active', 'revoked'],
  revoked: [],
});

/** What a buyer owns, as it was when they bought it. */
export interface License {
  id: string;
  orderId: string;
  orderItemId: string;
  buyerId: string;
  productId: string;
  productTitle: string;
  productType: ProductType;
  licenseType: LicenseType;
  status: LicenseStatus;
  trackIds: string[];
  createdAt: Date;
  revokedAt: Date | null;
}

/** What an order item grants. */
export interface LicenseGrant {
  orderItemId: string;
  productId: string;
  productTitle: string;
  productType: ProductType;
  licenseType: LicenseType;
  trackIds: readonly string[];
}

/** Which of a buyer's licences to list. */
export interface LicenseQuery {
  page: number;
  limit: number;
  cursor?: string;
  status?: LicenseStatus;
}

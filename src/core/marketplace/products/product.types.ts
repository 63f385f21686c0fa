import { defineStates } from '../../../common/state-machine/index.js';

export const PRODUCT_TYPES = ['track', 'pack', 'service'] as const;
export type ProductType = (typeof PRODUCT_TYPES)[number];

export const LICENSE_TYPES = ['basic', 'premium', 'unlimited', 'exclusive'] as const;
export type LicenseType = (typeof LICENSE_TYPES)[number];

/** `fixed`: the price is what is paid. `minimum`: the buyer names what they pay, the price or more. */
export const PRICINGS = ['fixed', 'minimum'] as const;
export type Pricing = (typeof PRICINGS)[number];

/** The most that one item may cost, in minor units. */
export const MAX_PRICE_MINOR = 99_999_999;

export const PRODUCT_STATUSES = ['draft', 'active', 'archived'] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

/** Sellers show and hide a product as they like; archived is for good. */
export const productStates = defineStates<ProductStatus>('product', {
  draft: ['active', 'archived'],
  active: ['draft', 'archived'],
  archived: [],
});

/** What is offered; prices in minor units, the tracks in the seller's order. */
export interface Product {
  id: string;
  sellerId: string;
  title: string;
  description: string;
  productType: ProductType;
  priceMinor: number;
  pricing: Pricing;
  /** What the seller proposes to pay where the buyer decides. */
  suggestedPriceMinor: number | null;
  currency: string;
  licenseType: LicenseType;
  status: ProductStatus;
  trackIds: string[];
  createdAt: Date;
  updatedAt: Date;
}

/** What a seller decides about a product. */
export type ProductContent = Omit<Product, 'id' | 'sellerId' | 'createdAt' | 'updatedAt'>;

/** What may be asked of the list of products; prices in minor units, both ends inclusive. */
export interface ProductQuery {
  page: number;
  limit: number;
  cursor?: string;
  sort: ProductSort;
  sellerId?: string;
  trackId?: string;
  productType?: ProductType;
  licenseType?: LicenseType;
  currency?: string;
  minPriceMinor?: number;
  maxPriceMinor?: number;
  text?: string;
  status: ProductStatus;
}

export const PRODUCT_SORTS = ['created_at', '-created_at', 'price', '-price', 'title', '-title'] as const;
export type ProductSort = (typeof PRODUCT_SORTS)[number];

import type { LicenseType, Product } from './product.types.js';

/** The edition of the table below. It goes up with every change; sold licences keep the edition they were sold under. */
const TERMS_VERSION = 1;

/** What a licence tier includes; `null` limits nothing. */
export interface LicenseTerms {
  version: number;
  licenseType: LicenseType;
  /** Which files of a bought track may be downloaded: the one that its seller uploaded. */
  files: readonly 'original'[];
  isCommercialUseAllowed: boolean;
  /** Copies that may be sold or given away, physical and as downloads together. */
  maxCopies: number | null;
  /** Plays on streaming services, all services together. */
  maxStreams: number | null;
  isBroadcastAllowed: boolean;
  isVideoUseAllowed: boolean;
  /** The works are sold to nobody else from the sale on; licences sold before stay valid (07 7.9.12). */
  isExclusive: boolean;
  isCreditRequired: boolean;
}

const TERMS: Readonly<Record<LicenseType, Omit<LicenseTerms, 'version' | 'licenseType' | 'files'>>> = {
  basic: {
    isCommercialUseAllowed: true,
    maxCopies: 2_000,
    maxStreams: 50_000,
    isBroadcastAllowed: false,
    isVideoUseAllowed: false,
    isExclusive: false,
    isCreditRequired: true,
  },
  premium: {
    isCommercialUseAllowed: true,
    maxCopies: 10_000,
    maxStreams: 500_000,
    isBroadcastAllowed: true,
    isVideoUseAllowed: true,
    isExclusive: false,
    isCreditRequired: true,
  },
  unlimited: {
    isCommercialUseAllowed: true,
    maxCopies: null,
    maxStreams: null,
    isBroadcastAllowed: true,
    isVideoUseAllowed: true,
    isExclusive: false,
    isCreditRequired: true,
  },
  exclusive: {
    isCommercialUseAllowed: true,
    maxCopies: null,
    maxStreams: null,
    isBroadcastAllowed: true,
    isVideoUseAllowed: true,
    isExclusive: true,
    isCreditRequired: false,
  },
};

/** What a licence tier includes today. */
export function termsOf(licenseType: LicenseType): LicenseTerms {
  return { version: TERMS_VERSION, licenseType, files: ['original'], ...TERMS[licenseType] };
}

/** What the licence of a product includes today; null for a service, which licenses no recording. */
export const termsOfProduct = ({
  productType,
  licenseType,
}: Pick<Product, 'productType' | 'licenseType'>): LicenseTerms | null =>
  productType === 'service' ? null : termsOf(licenseType);

import { formatMoney } from '../../../common/money/index.js';
import type { LicenseTerms } from '../products/index.js';
import type { License } from './license.types.js';

/** One line of a certificate: what it is about and what is so. */
export type CertificateFact = readonly [label: string, value: string];

/** Who and what a certificate names besides the licence itself. */
export interface CertificateNames {
  licensor: string;
  licensee: string;
  trackTitles: readonly string[];
  verifyUrl: string;
}

/** The sale as a certificate states it, in the order of the page. */
export function saleFactsOf(license: License, names: CertificateNames): CertificateFact[] {
  const tracks = names.trackTitles.map((title): CertificateFact => ['Track', title]);
  return [
    ['Product', license.productTitle],
    ...tracks,
    ['License type', license.licenseType],
    ['Licensor', names.licensor],
    ['Licensee', names.licensee],
    ['Order number', license.orderId],
    ['Date of issue', `${license.createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`],
    ['Price paid', formatMoney(license.priceMinor, license.currency, 'en')],
    ['Verify at', names.verifyUrl],
  ];
}

/** What the licence includes, as its terms were frozen; a limit of null is no limit. */
export function termFactsOf(terms: LicenseTerms): CertificateFact[] {
  return [
    ['Commercial use', allowed(terms.isCommercialUseAllowed)],
    ['Copies', limited(terms.maxCopies)],
    ['Streams', limited(terms.maxStreams)],
    ['Broadcast', allowed(terms.isBroadcastAllowed)],
    ['Use in video', allowed(terms.isVideoUseAllowed)],
    ['Exclusive', terms.isExclusive ? 'yes' : 'no'],
    ['Credit to the licensor', terms.isCreditRequired ? 'required' : 'not required'],
    ['Files', terms.files.join(', ')],
    ['Edition of the terms', String(terms.version)],
  ];
}

const allowed = (isAllowed: boolean): string => (isAllowed ? 'included' : 'not included');

const limited = (most: number | null): string =>
  most === null ? 'without limit' : `up to ${most.toLocaleString('en')}`;

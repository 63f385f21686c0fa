import { DomainError } from '../../../common/errors/index.js';
import type { License } from './license.types.js';

export const licenseNotFound = (): DomainError =>
  new DomainError('LICENSE_NOT_FOUND', 'not_found', 'License not found');

/** 409: the buyer holds a licence of this product already (07 7.9.13). */
export const alreadyOwned = (): DomainError =>
  new DomainError('ALREADY_OWNED', 'conflict', 'You already own this product');

/** 403 without a licence; the same for a product that does not exist. */
export const licenseRequired = (): DomainError =>
  new DomainError('LICENSE_REQUIRED', 'forbidden', 'Buy the product to download it');

const licenseRevoked = (): DomainError =>
  new DomainError('LICENSE_REVOKED', 'forbidden', 'The license was revoked');

const licenseSuspended = (): DomainError =>
  new DomainError('LICENSE_SUSPENDED', 'forbidden', 'The license is suspended while a dispute is open');

/** @throws DomainError 403 `LICENSE_REVOKED`, `LICENSE_SUSPENDED` for a licence that cannot be used now */
export function assertUsable({ status }: Pick<License, 'status'>): void {
  if (status === 'revoked') throw licenseRevoked();
  if (status === 'suspended') throw licenseSuspended();
}

/** 400: the product holds several tracks and the request must name one of them. */
export const trackIdRequired = (trackIds: readonly string[]): DomainError =>
  new DomainError(
    'TRACK_ID_REQUIRED',
    'invalid',
    'The product contains several tracks: name one with track_id',
    {
      details: [{ field: 'track_id', message: 'must be one of the tracks of the product' }],
      data: { track_ids: trackIds },
    },
  );

/** 404: a service has no file. */
export const nothingToDownload = (): DomainError =>
  new DomainError('NOTHING_TO_DOWNLOAD', 'not_found', 'The product contains no file');

export const downloadLinkInvalid = (): DomainError =>
  new DomainError('DOWNLOAD_LINK_INVALID', 'forbidden', 'The link is not valid or no longer valid');

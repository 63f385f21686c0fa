import { DomainError, validationFailed } from '../../../common/errors/index.js';

/** 404 for what is not there and for what is not on show for this caller alike (09 C58). */
export const productNotFound = (): DomainError =>
  new DomainError('PRODUCT_NOT_FOUND', 'not_found', 'Product not found');

/** 403 for a track of somebody else and for one that does not exist alike. */
export const trackNotOwned = (): DomainError =>
  new DomainError('TRACK_NOT_OWNED', 'forbidden', 'Only your own tracks can be sold');

export const trackNotReady = (): DomainError =>
  new DomainError('TRACK_NOT_READY', 'conflict', 'A product can be active only when its tracks are ready');

/** The product is on show but what it contains can no longer be delivered. */
export const productUnavailable = (productId: string): DomainError =>
  new DomainError('PRODUCT_UNAVAILABLE', 'conflict', 'The product cannot be bought at the moment', {
    data: { product_id: productId },
  });

/** 400 when the tracks do not fit the kind of product. */
export const productTracksInvalid = (field: 'track_id' | 'track_ids', message: string): DomainError =>
  validationFailed([{ field, message }]);

/** 400 when a suggested price does not fit the pricing. */
export const suggestedPriceInvalid = (message: string): DomainError =>
  validationFailed([{ field: 'suggested_price', message }]);

/** 409 from a completion: somebody else bought one of the tracks exclusively meanwhile (07 7.9.12). */
export const exclusiveSold = (trackId?: string): DomainError =>
  new DomainError(
    'EXCLUSIVE_SOLD',
    'conflict',
    'A track of the order was sold exclusively to somebody else',
    {
      data: trackId === undefined ? undefined : { track_id: trackId },
    },
  );

/** 409: nothing with a track that was sold exclusively can be offered. */
export const trackSoldExclusively = (trackId: string): DomainError =>
  new DomainError('TRACK_SOLD_EXCLUSIVELY', 'conflict', 'The track was sold exclusively', {
    data: { track_id: trackId },
  });

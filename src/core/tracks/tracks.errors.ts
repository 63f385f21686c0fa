import { DomainError } from '../../common/errors/index.js';

export const trackNotFound = (): DomainError =>
  new DomainError('TRACK_NOT_FOUND', 'not_found', 'Track not found');

export const trackProcessing = (): DomainError =>
  new DomainError('TRACK_PROCESSING', 'unprocessable', 'The track is still being processed');

export const trackNotPlayable = (): DomainError =>
  new DomainError('TRACK_NOT_PLAYABLE', 'unprocessable', 'The track has no playable file');

export const downloadNotAllowed = (): DomainError =>
  new DomainError('TRACK_DOWNLOAD_NOT_ALLOWED', 'forbidden', 'This track may not be downloaded');

export const streamLinkInvalid = (): DomainError =>
  new DomainError('STREAM_LINK_INVALID', 'forbidden', 'The link is not valid or no longer valid');

export const uploadExpected = (): DomainError =>
  new DomainError(
    'UNSUPPORTED_MEDIA_TYPE',
    'unsupported_media_type',
    'Send the track as multipart/form-data',
  );

export const fileMissing = (): DomainError =>
  new DomainError('VALIDATION_ERROR', 'invalid', 'The request has no audio file', {
    details: [{ field: 'audio', message: 'an audio file is required' }],
  });

export const malformedUpload = (cause: unknown): DomainError =>
  new DomainError('MALFORMED_BODY', 'invalid', 'The multipart body is not valid', { cause });

export const fileTooLarge = (maxBytes: number): DomainError =>
  new DomainError('TRACK_FILE_TOO_LARGE', 'too_large', `The file is larger than ${String(maxBytes)} bytes`, {
    details: [{ field: 'audio', message: `must not be larger than ${String(maxBytes)} bytes` }],
    data: { max_size_bytes: maxBytes },
  });

export const fileEmpty = (): DomainError =>
  new DomainError('TRACK_INVALID_FORMAT', 'unprocessable', 'The file is empty', {
    details: [{ field: 'audio', message: 'must not be empty' }],
  });

export const invalidFormat = (message: string): DomainError =>
  new DomainError('TRACK_INVALID_FORMAT', 'unprocessable', message, {
    details: [{ field: 'audio', message }],
  });

export const invalidArtwork = (): DomainError =>
  new DomainError(
    'TRACK_INVALID_ARTWORK',
    'unprocessable',
    'The artwork is no JPEG, PNG or WebP of at most 5 MB',
    {
      details: [{ field: 'artwork', message: 'must be a JPEG, PNG or WebP of at most 5 MB' }],
    },
  );

export const tooManyUploads = (): DomainError =>
  new DomainError(
    'UPLOAD_CAPACITY_REACHED',
    'unavailable',
    'Too many uploads are running, try again shortly',
    {
      retryAfterSeconds: 10,
    },
  );

export const fileInfected = (): DomainError =>
  new DomainError('FILE_INFECTED', 'unprocessable', 'The file was refused by the virus scanner');

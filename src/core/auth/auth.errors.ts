import { DomainError } from '../../common/errors/index.js';

/** No token, a forged one, one of another type, or one whose session is over: the caller learns no more. */
export const tokenInvalid = () =>
  new DomainError('AUTH_TOKEN_INVALID', 'unauthenticated', 'A valid access token is required');

export const tokenExpired = () =>
  new DomainError('AUTH_TOKEN_EXPIRED', 'unauthenticated', 'The token has expired');

export const refreshTokenInvalid = () =>
  new DomainError('AUTH_TOKEN_INVALID', 'unauthenticated', 'The refresh token is not valid');

/** The token was used before: its session has just been ended (09 C72). */
export const refreshTokenReused = () =>
  new DomainError(
    'AUTH_TOKEN_REUSED',
    'unauthenticated',
    'The refresh token was used before; the session has ended',
  );

export const insufficientPermissions = () =>
  new DomainError('AUTH_INSUFFICIENT_PERMISSIONS', 'forbidden', 'You may not do this');

export const invalidCredentials = () =>
  new DomainError('AUTH_INVALID_CREDENTIALS', 'unauthenticated', 'invalid credentials');

/** Only told to who knows the password (09 C66). */
export const accountLocked = () =>
  new DomainError('AUTH_ACCOUNT_LOCKED', 'locked', 'This account is locked or disabled');

export const weakPassword = (problem: string) =>
  new DomainError('WEAK_PASSWORD', 'invalid', 'The password is too easy to guess', {
    details: [{ field: 'password', message: problem }],
  });

export const passwordHashingBusy = () =>
  new DomainError('AUTH_BUSY', 'unavailable', 'Too many sign-ins at the moment, try again', {
    retryAfterSeconds: 2,
  });

export const internalKeyInvalid = () =>
  new DomainError('AUTH_INTERNAL_KEY_INVALID', 'unauthenticated', 'A valid internal key is required');

export const internalKeyNotConfigured = () =>
  new DomainError('INTERNAL_KEY_NOT_CONFIGURED', 'unavailable', 'Internal callbacks are not configured');

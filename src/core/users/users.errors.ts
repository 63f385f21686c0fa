import { DomainError } from '../../common/errors/index.js';

export const userNotFound = () => new DomainError('USER_NOT_FOUND', 'not_found', 'User not found');

export const usernameTaken = () =>
  new DomainError('USERNAME_TAKEN', 'conflict', 'username already exists', {
    details: [{ field: 'username', message: 'is taken' }],
  });

export const emailTaken = () =>
  new DomainError('EMAIL_TAKEN', 'conflict', 'email already exists', {
    details: [{ field: 'email', message: 'is taken' }],
  });

export const roleChangeNotPossible = (role: string) =>
  new DomainError(
    'ROLE_CHANGE_NOT_POSSIBLE',
    'conflict',
    `An account of role ${role} cannot become a creator`,
  );

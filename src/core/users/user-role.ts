/** The roles of S0, and the two that older documents know (09 C7). */
export const USER_ROLES = [
  'user',
  'premium',
  'creator',
  'artist',
  'producer',
  'label',
  'moderator',
  'admin',
  'super_admin',
] as const;

export type UserRole = (typeof USER_ROLES)[number];

/** The state of an account; only an `active` one may sign in or be seen. */
export const USER_STATUSES = ['active', 'inactive', 'suspended', 'banned', 'deleted'] as const;

export type UserStatus = (typeof USER_STATUSES)[number];

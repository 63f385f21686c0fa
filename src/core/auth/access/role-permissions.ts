import type { UserRole } from '../../users/index.js';

/** What every signed-in user may do. */
const USER_PERMISSIONS = [
  'profile.read',
  'profile.update',
  'profile.become_creator',
  'sessions.manage',
  'tracks.update',
  'tracks.delete',
  'orders.create',
  'orders.read',
  'refunds.create',
  'refunds.read',
  'licenses.read',
  'downloads.create',
  'sales.read',
  'payouts.read',
] as const;

/** What a creator may do besides: upload and sell (S0, 09 C55). */
const CREATOR_PERMISSIONS = [
  'tracks.create',
  'products.create',
  'products.update',
  'products.delete',
  'discounts.create',
  'discounts.read',
  'discounts.update',
  'discounts.delete',
  'payouts.onboard',
] as const;

/** What an administrator may do besides. */
const ADMIN_PERMISSIONS = [
  'ownership.override',
  'audit.read',
  'jobs.read',
  'jobs.run',
  'orders.read_all',
  'refunds.read_all',
  'refunds.resolve',
  'payouts.read_all',
  'payouts.retry',
  'payouts.cancel',
  'payouts.pause',
  'payments.read_all',
  'payments.resolve',
  'disputes.read_all',
  'ledger.verify',
  'approvals.read',
  'approvals.decide',
  'reconciliation.read',
  'reconciliation.run',
  'webhooks.read',
  'webhooks.replay',
] as const;

const EVERY_ROLE_BUT_CREATOR_PERMISSIONS = [...USER_PERMISSIONS, ...ADMIN_PERMISSIONS] as const;

/** A permission, `resource.action`: routes ask for permissions and never for roles (design/decisions). */
export type Permission =
  (typeof EVERY_ROLE_BUT_CREATOR_PERMISSIONS)[number] | (typeof CREATOR_PERMISSIONS)[number];

/** Every permission there is. */
export const PERMISSIONS: readonly Permission[] = [
  ...EVERY_ROLE_BUT_CREATOR_PERMISSIONS,
  ...CREATOR_PERMISSIONS,
];

/** What the roles of CREATOR_ROLES get besides what the table below gives them. */
export const CREATOR_ROLE_PERMISSIONS: readonly Permission[] = CREATOR_PERMISSIONS;

/** What each role may do, apart from creating. */
export const ROLE_PERMISSIONS: Record<UserRole, readonly Permission[]> = {
  user: USER_PERMISSIONS,
  premium: USER_PERMISSIONS,
  creator: USER_PERMISSIONS,
  artist: USER_PERMISSIONS,
  producer: USER_PERMISSIONS,
  label: USER_PERMISSIONS,
  moderator: USER_PERMISSIONS,
  admin: EVERY_ROLE_BUT_CREATOR_PERMISSIONS,
  super_admin: PERMISSIONS,
};

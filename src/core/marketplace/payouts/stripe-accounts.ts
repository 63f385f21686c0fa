import type Stripe from 'stripe';
import type { ConnectedAccount } from './payout-provider.js';

/**
 * The one place that says what kind of account a seller gets. Both capabilities are asked for: transfers
 * alone would put the account on the recipient agreement (08 2.3). No mail nor country, so that the
 * parameters under one idempotency key never change.
 */
export const newAccount = (userId: string): Stripe.AccountCreateParams => ({
  type: 'express',
  capabilities: { transfers: { requested: true }, card_payments: { requested: true } },
  metadata: { user_id: userId },
});

/** The provider's account as we keep it. */
export function accountOf(account: Stripe.Account): ConnectedAccount {
  const requirements = account.requirements;
  const deadline = requirements?.current_deadline ?? null;
  return {
    accountId: account.id,
    transfersEnabled: account.capabilities?.transfers === 'active',
    payoutsEnabled: account.payouts_enabled,
    chargesEnabled: account.charges_enabled,
    detailsSubmitted: account.details_submitted,
    requirements: {
      currentlyDue: requirements?.currently_due ?? [],
      pastDue: requirements?.past_due ?? [],
      disabledReason: requirements?.disabled_reason ?? null,
      currentDeadline: deadline === null ? null : new Date(deadline * 1000).toISOString(),
    },
    userId: account.metadata?.user_id ?? null,
  };
}

import type { AccountRow, AmountsMinor, EventRow, ReversalRow, TransferRow } from '../books/rows.js';
import type { JsonObject } from '../http/json-body.js';
import { secondsOf } from './stripe-lists.js';

export const API_VERSION = '2026-10-28.endive';

const ONBOARDING_FIELDS = [
  'business_profile.url',
  'external_account',
  'individual.first_name',
  'tos_acceptance.date',
];

/** A connected account; it can be paid when `capabilities.transfers` is `active` (08 2.3). */
export function accountView(row: AccountRow): JsonObject {
  const isReady = row.state === 'ready';
  const due = row.state === 'pending' ? ONBOARDING_FIELDS : [];
  const pastDue = row.state === 'restricted' ? ['individual.verification.document'] : [];
  return {
    id: row.id,
    object: 'account',
    business_profile: { mcc: null, name: null, product_description: null, support_email: null, url: null },
    business_type: row.businessType,
    capabilities: Object.fromEntries(
      row.requestedCapabilities.map((name) => [name, isReady ? 'active' : 'inactive']),
    ),
    charges_enabled: isReady,
    controller: { type: 'application', is_controller: true },
    country: row.country,
    created: secondsOf(row.createdAt),
    default_currency: row.defaultCurrency,
    details_submitted: row.state !== 'pending',
    email: row.email,
    external_accounts: listOf([], `/v1/accounts/${row.id}/external_accounts`),
    future_requirements: requirementsOf([], [], null),
    metadata: row.metadata,
    payouts_enabled: isReady,
    requirements: requirementsOf([...due, ...pastDue], pastDue, isReady ? null : 'requirements.past_due'),
    tos_acceptance: { date: isReady ? secondsOf(row.createdAt) : null },
    type: row.type,
  };
}

/** A transfer with its reversals, newest first. */
export function transferView(row: TransferRow, reversals: ReversalRow[]): JsonObject {
  return {
    id: row.id,
    object: 'transfer',
    amount: row.amountMinor,
    amount_reversed: row.amountReversedMinor,
    balance_transaction: row.balanceTransaction,
    created: secondsOf(row.createdAt),
    currency: row.currency,
    description: row.description,
    destination: row.destination,
    destination_payment: row.destinationPayment,
    livemode: false,
    metadata: row.metadata,
    reversals: listOf([...reversals].reverse().map(reversalView), `/v1/transfers/${row.id}/reversals`),
    reversed: row.amountReversedMinor === row.amountMinor,
    source_transaction: row.sourceTransaction,
    source_type: 'card',
    transfer_group: row.transferGroup,
  };
}

export function reversalView(row: ReversalRow): JsonObject {
  return {
    id: row.id,
    object: 'transfer_reversal',
    amount: row.amountMinor,
    balance_transaction: row.balanceTransaction,
    created: secondsOf(row.createdAt),
    currency: row.currency,
    destination_payment_refund: row.destinationPaymentRefund,
    metadata: row.metadata,
    source_refund: null,
    transfer: row.transferId,
  };
}

export function balanceView(amountsMinor: AmountsMinor): JsonObject {
  const lines = Object.entries(amountsMinor).map(([currency, amount]) => ({
    amount,
    currency,
    source_types: { card: amount },
  }));
  const pending = lines.map(({ currency }) => ({ amount: 0, currency, source_types: { card: 0 } }));
  return { object: 'balance', available: lines, livemode: false, pending };
}

/** The event as it was sent; `pending_webhooks` tells whether somebody still has to take it. */
export function eventView(row: EventRow): JsonObject {
  const sent = JSON.parse(row.body) as JsonObject;
  return { ...sent, pending_webhooks: row.state === 'delivered' ? 0 : 1 };
}

function requirementsOf(due: string[], pastDue: string[], disabledReason: string | null): JsonObject {
  return {
    alternatives: [],
    current_deadline: null,
    currently_due: due,
    disabled_reason: disabledReason,
    errors: [],
    eventually_due: due,
    past_due: pastDue,
    pending_verification: [],
  };
}

const listOf = (data: unknown[], url: string): JsonObject => ({ object: 'list', data, has_more: false, url });

import { newProviderId } from '../books/new-id.js';
import type { AccountRow, TransferRow } from '../books/rows.js';
import type { JsonObject } from '../http/json-body.js';
import type { NewEvent } from '../webhooks/webhook-desk.js';
import { accountView, API_VERSION } from './stripe-views.js';

/** An event of the platform's own account. */
export function transferEvent(type: string, row: TransferRow, view: JsonObject): NewEvent {
  return envelope('stripe', type, row.id, null, view);
}

/** An event of a connected account; it carries `account` and goes to the Connect endpoint (08 2.3). */
export function accountEvent(row: AccountRow): NewEvent {
  if (row.state !== 'deauthorized')
    return envelope('stripe_connect', 'account.updated', row.id, row.id, accountView(row));
  const application = { id: 'ca_sandbox', object: 'application', name: 'psp-sandbox' };
  return envelope('stripe_connect', 'account.application.deauthorized', row.id, row.id, application);
}

function envelope(
  endpoint: 'stripe' | 'stripe_connect',
  type: string,
  objectId: string,
  account: string | null,
  object: JsonObject,
): NewEvent {
  const id = newProviderId('evt');
  const body = JSON.stringify({
    id,
    object: 'event',
    ...(account === null ? {} : { account }),
    api_version: API_VERSION,
    created: Math.floor(Date.now() / 1000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  });
  return { id, endpoint, type, objectId, account, body };
}

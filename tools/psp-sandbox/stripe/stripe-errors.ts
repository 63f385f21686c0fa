import { Refusal } from '../http/wire.js';

export interface StripeErrorFields {
  type?: 'api_error' | 'idempotency_error' | 'invalid_request_error';
  code?: string;
  param?: string;
}

/**
 * An error in Stripe's vocabulary (08 2.2). `isKept` tells whether the answer is stored under the idempotency key:
 * Stripe keeps what happened once a call had begun to execute, not a refusal of its parameters.
 */
export class StripeRefusal extends Refusal {
  constructor(
    status: number,
    message: string,
    { type = 'invalid_request_error', ...fields }: StripeErrorFields,
    readonly isKept: boolean,
  ) {
    super(status, { error: { type, message, ...fields } });
  }
}

const badParameter = (message: string, fields: StripeErrorFields): StripeRefusal =>
  new StripeRefusal(400, message, fields, false);
const refused = (message: string, fields: StripeErrorFields, status = 400): StripeRefusal =>
  new StripeRefusal(status, message, fields, true);

export const unauthorized = (isGiven: boolean): StripeRefusal =>
  new StripeRefusal(401, isGiven ? 'Invalid API Key provided' : 'You did not provide an API key.', {}, false);
export const unknownUrl = (method: string, path: string): StripeRefusal =>
  new StripeRefusal(404, `Unrecognized request URL (${method}: ${path}).`, {}, false);
export const missingParameter = (param: string): StripeRefusal =>
  badParameter(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
export const unknownParameter = (param: string): StripeRefusal =>
  badParameter(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
export const invalidInteger = (param: string): StripeRefusal =>
  badParameter('Invalid integer', { code: 'parameter_invalid_integer', param });
export const invalidParameter = (param: string, message: string): StripeRefusal =>
  badParameter(message, { param });
export const keyReused = (key: string): StripeRefusal =>
  badParameter(
    'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
      `Try using a key other than '${key}' if you meant to execute a different request.`,
    { type: 'idempotency_error' },
  );
export const keyInUse = (key: string): StripeRefusal =>
  new StripeRefusal(
    409,
    `There is currently another in-progress request using this idempotent key '${key}'. Please try again later.`,
    { type: 'idempotency_error', code: 'idempotency_key_in_use' },
    false,
  );

export const noSuch = (kind: string, id: string, param: string, status = 404): StripeRefusal =>
  refused(`No such ${kind}: '${id}'`, { code: 'resource_missing', param }, status);
export const noAccess = (accountId: string): StripeRefusal =>
  refused(
    `The provided key does not have access to account '${accountId}' (or that account does not exist). ` +
      'Application access may have been revoked.',
    { code: 'account_invalid' },
    403,
  );
export const capabilityMissing = (): StripeRefusal =>
  refused(
    'Your destination account needs to have at least one of the following capabilities enabled: transfers.',
    { code: 'insufficient_capabilities_for_transfer' },
  );
export const transfersNotAllowed = (): StripeRefusal =>
  refused('Transfers to this account are not allowed at the moment.', { code: 'transfers_not_allowed' });
export const balanceInsufficient = (whose: string): StripeRefusal =>
  refused(`You have insufficient funds in ${whose} for this transfer.`, { code: 'balance_insufficient' });
export const overReversed = (amountMinor: number, restMinor: number): StripeRefusal =>
  refused(
    `Refund amount (${String(amountMinor)}) is greater than unrefunded amount on transfer (${String(restMinor)})`,
    { param: 'amount' },
  );

import { Refusal, type Answer } from '../http/wire.js';
import type { HyperswitchDialect } from '../settings.js';

/** An error in Hyperswitch's vocabulary (08 1.3). */
export interface HyperswitchError {
  type: string;
  code: string;
  message: string;
}

/** Refuses a call; the answer is worded by `errorAnswer`, which knows the dialect. */
export class HyperswitchRefusal extends Refusal {
  constructor(
    status: number,
    readonly error: HyperswitchError,
  ) {
    super(status, error);
  }
}

const refusal = (
  status: number,
  code: string,
  message: string,
  type = 'invalid_request',
): HyperswitchRefusal => new HyperswitchRefusal(status, { type, code, message });

export const unauthorized = (): HyperswitchRefusal =>
  refusal(401, 'IR_01', 'API key not provided or invalid API key used');
export const unknownUrl = (): HyperswitchRefusal => refusal(404, 'IR_02', 'Unrecognized request URL');
export const missingParam = (name: string): HyperswitchRefusal =>
  refusal(400, 'IR_04', `Missing required param: ${name}`);
export const invalidFormat = (name: string, expected: string): HyperswitchRefusal =>
  refusal(422, 'IR_05', `${name} contains invalid data. Expected format is ${expected}`);
export const unreadableBody = (reason: string): HyperswitchRefusal =>
  refusal(400, 'IR_06', `Json deserialize error: ${reason}`);
export const invalidValue = (name: string): HyperswitchRefusal =>
  refusal(400, 'IR_07', `Invalid value provided: ${name}`);
export const tooManyRefunds = (): HyperswitchRefusal =>
  refusal(400, 'IR_12', 'You have reached the maximum number of refunds for this payment');
export const refundTooLarge = (): HyperswitchRefusal =>
  refusal(400, 'IR_13', 'The refund amount exceeds the amount captured');
export const paymentNotSucceeded = (): HyperswitchRefusal =>
  refusal(400, 'IR_14', 'This Payment could not be refunded because it has not succeeded');
export const wrongPaymentState = (action: string, status: string): HyperswitchRefusal =>
  refusal(400, 'IR_16', `You cannot ${action} this payment because it has status ${status}`);
export const duplicatePayment = (id: string): HyperswitchRefusal =>
  refusal(400, 'HE_01', `The payment with the specified payment_id '${id}' already exists in our records`);
export const duplicateRefund = (): HyperswitchRefusal =>
  refusal(400, 'HE_01', 'Duplicate refund request. Refund already attempted with the refund ID');
export const paymentNotFound = (): HyperswitchRefusal =>
  refusal(404, 'HE_02', 'Payment does not exist in our records', 'object_not_found');
export const refundNotFound = (): HyperswitchRefusal =>
  refusal(404, 'HE_02', 'Refund does not exist in our records', 'object_not_found');
export const disputeNotFound = (): HyperswitchRefusal =>
  refusal(404, 'HE_02', 'Dispute does not exist in our records', 'object_not_found');
export const disputeTooLarge = (): HyperswitchRefusal =>
  refusal(400, 'IR_07', 'The disputed amount exceeds the amount captured');
export const wrongDisputeState = (status: string): HyperswitchRefusal =>
  refusal(400, 'IR_16', `This dispute cannot be changed because it has status ${status}`);

/** The server nests the error, the document has it flat; the `document` dialect sends both. */
export function errorAnswer({ status, error }: HyperswitchRefusal, dialect: HyperswitchDialect): Answer {
  if (dialect === 'server') return { status, body: { error } };
  return { status, body: { error, error_type: error.type, message: error.message, code: error.code } };
}

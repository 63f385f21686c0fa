import { DomainError, type ErrorKind, validationFailed } from '../../../common/errors/index.js';

const refusal = (code: string, kind: ErrorKind, message: string): DomainError =>
  new DomainError(code, kind, message, { details: [{ field: 'discount_code', message }] });

/** 404 alike for a code that is not there, not yet valid, archived, or of a seller who is not in the order. */
export const discountNotFound = (): DomainError =>
  refusal('DISCOUNT_NOT_FOUND', 'not_found', 'There is no such discount code');

export const discountExpired = (): DomainError =>
  refusal('DISCOUNT_EXPIRED', 'conflict', 'The discount code is no longer valid');

/** 409: all uses, or all of this buyer, are taken by other orders. */
export const discountExhausted = (): DomainError =>
  refusal('DISCOUNT_EXHAUSTED', 'conflict', 'The discount code has been used up');

/** 400: the code is for other products, another currency or larger orders. */
export const discountNotApplicable = (): DomainError =>
  refusal('DISCOUNT_NOT_APPLICABLE', 'invalid', 'The discount code does not apply to this order');

/** 404 for a code of somebody else as well. */
export const discountCodeNotFound = (): DomainError =>
  new DomainError('DISCOUNT_CODE_NOT_FOUND', 'not_found', 'Discount code not found');

export const discountCodeTaken = (): DomainError =>
  new DomainError('DISCOUNT_CODE_TAKEN', 'conflict', 'This code is taken', {
    details: [{ field: 'code', message: 'is taken' }],
  });

export const discountCodeArchived = (): DomainError =>
  new DomainError('DISCOUNT_CODE_ARCHIVED', 'conflict', 'An archived discount code cannot be changed');

/** 400 when the parts of a code contradict each other. */
export const discountInvalid = (field: string, message: string): DomainError =>
  validationFailed([{ field, message }]);

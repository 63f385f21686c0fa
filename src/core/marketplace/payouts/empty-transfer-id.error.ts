/**
 * A creation that was answered without a usable id (S0 item 13, 07 7.9.25). The transfer is `failed` with
 * this code, its outcome is unknown, and it is never `completed`.
 */
export class EmptyTransferIdError extends Error {
  readonly code = 'EMPTY_TRANSFER_ID';

  constructor(what: string) {
    super(`The provider answered without the id of the ${what}`);
    this.name = 'EmptyTransferIdError';
  }
}

/** Thrown by a handler to be called again later; the attempt is not counted. */
export class RetryLater extends Error {
  constructor(
    readonly delaySeconds: number,
    reason: string,
  ) {
    super(reason);
    this.name = 'RetryLater';
  }
}

/** Thrown by a handler that will never succeed: the delivery is dead at once. */
export class DeadLetter extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'DeadLetter';
  }
}

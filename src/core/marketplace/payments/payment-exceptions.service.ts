import { Injectable, Logger } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';

import { PaymentExceptionsRepository } from './payment-exceptions.repository.js';
import type {
  NewPaymentException,
  PaymentException,
  PaymentExceptionQuery,
} from './payment-exceptions.types.js';

/** Things about money that a person has to look at: never dropped, never decided by a machine (08 3.1). */
@Injectable()
export class PaymentExceptions {
  private readonly logger = new Logger(PaymentExceptions.name);

  constructor(
    private readonly exceptions: PaymentExceptionsRepository,
    private readonly clock: Clock,
  ) {}

  /** Puts a case on the list in the caller's transaction, once per kind and things that it names. */
  @Transactional(Propagation.Mandatory)
  async raise(exception: NewPaymentException): Promise<void> {
    const isNew = await this.exceptions.insert(exception, this.clock.now());
    if (isNew) this.logger.error({ ...exception }, `payment exception: ${exception.kind}`);
  }

  /** The list for administrators, newest first. */
  async list(query: PaymentExceptionQuery): Promise<Paginated<PaymentException>> {
    return this.exceptions.list(query);
  }
}

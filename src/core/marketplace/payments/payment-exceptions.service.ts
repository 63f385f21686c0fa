import { Injectable, Logger } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { AuditWriter } from '../../audit/index.js';
import { exceptionAlreadyResolved, exceptionNotFound } from './payment-exceptions.errors.js';
import type { PaymentExceptionKind } from './payment-exception-kinds.js';
import { PaymentExceptionsRepository } from './payment-exceptions.repository.js';
import type {
  ExceptionSubject,
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
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts a case on the list in the caller's transaction, once per kind and things that it names while it is
   * open. The same case after it was closed is a new row: closing it did not end it.
   */
  @Transactional(Propagation.Mandatory)
  async raise(exception: NewPaymentException): Promise<void> {
    const isNew = await this.exceptions.insert(exception, this.clock.now());
    if (isNew) this.logger.error({ ...exception }, `payment exception: ${exception.kind}`);
  }

  /**
   * Closes the open cases about some things in the caller's transaction, because they healed.
   * @returns how many were closed
   * @throws RangeError when nothing is named: that would close the whole list
   */
  @Transactional(Propagation.Mandatory)
  async resolveFor(subject: ExceptionSubject, note: string): Promise<number> {
    const { kind: _kind, ...things } = subject;
    const names = Object.values(things) as (string | undefined)[];
    if (names.every((id) => id === undefined)) throw new RangeError('Nothing is named');
    return this.exceptions.resolveOf(subject, { note, by: null, at: this.clock.now() });
  }

  /**
   * Closes a case, as an administrator decided.
   * @throws DomainError 404 `PAYMENT_EXCEPTION_NOT_FOUND`, 409 `PAYMENT_EXCEPTION_RESOLVED`
   */
  @Transactional()
  async resolve(id: string, { adminId, note }: { adminId: string; note: string }): Promise<PaymentException> {
    const isClosed = await this.exceptions.resolve(id, { note, by: adminId, at: this.clock.now() });
    const exception = await this.get(id);
    if (!isClosed) throw exceptionAlreadyResolved();
    await this.audit.record({
      action: 'payment_exception.resolved',
      resourceType: 'payment_exception',
      resourceId: id,
      details: { reason: note },
      oldValues: { state: 'open', kind: exception.kind },
    });
    return exception;
  }

  /** The orders that open cases of a kind are about, for whoever knows when they heal. */
  async findOpenOrders(kind: PaymentExceptionKind): Promise<string[]> {
    return this.exceptions.findOpenOrders(kind);
  }

  /** @throws DomainError 404 `PAYMENT_EXCEPTION_NOT_FOUND` */
  async get(id: string): Promise<PaymentException> {
    const exception = await this.exceptions.findById(id);
    if (exception === null) throw exceptionNotFound();
    return exception;
  }

  /** The list for administrators, newest first. */
  async list(query: PaymentExceptionQuery): Promise<Paginated<PaymentException>> {
    return this.exceptions.list(query);
  }
}

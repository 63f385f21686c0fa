import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { MailOutbox } from '../../../infrastructure/mail/index.js';
import { UsersService } from '../../users/index.js';
import type { RefundSettled } from './refunds.events.js';
import { RefundsRepository } from './refunds.repository.js';

/** Mails about settled refunds, in the buyer's language. */
@Injectable()
export class RefundMails {
  constructor(
    private readonly users: UsersService,
    private readonly refunds: RefundsRepository,
    private readonly mails: MailOutbox,
    private readonly clock: Clock,
  ) {}

  /** Queues the mail once per refund, however often the event is delivered; a buyer who is gone gets none. */
  @Transactional()
  async send(template: 'refund-succeeded' | 'refund-failed', refund: RefundSettled): Promise<void> {
    const buyer = (await this.users.findContactsByIds([refund.buyerId])).get(refund.buyerId);
    if (!buyer || !(await this.refunds.markMailQueued(refund.refundId, this.clock.now()))) return;
    await this.mails.send({
      to: buyer.email,
      template,
      locale: buyer.language,
      data: {
        name: buyer.name,
        order_id: refund.orderId,
        amount_minor: refund.amountMinor,
        currency: refund.currency,
        is_partial: refund.isPartial,
      },
    });
  }
}

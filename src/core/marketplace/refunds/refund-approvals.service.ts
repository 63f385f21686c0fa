import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApprovalActions } from '../approvals/index.js';
import { REFUND_RESOLVE } from './refund-decisions.service.js';
import { REFUND_REQUEST, RefundOpening } from './refund-opening.service.js';
import { RefundResolutions } from './refund-resolution.service.js';

/** Tells the approvals, which know nothing of refunds, how to do what a second administrator allowed. */
@Injectable()
export class RefundApprovals implements OnModuleInit {
  constructor(
    private readonly actions: ApprovalActions,
    private readonly opening: RefundOpening,
    private readonly resolutions: RefundResolutions,
  ) {}

  onModuleInit(): void {
    this.actions.register(REFUND_REQUEST, (approval, markExecuted) =>
      this.opening.openApproved(approval, markExecuted),
    );
    this.actions.register(REFUND_RESOLVE, (approval, markExecuted) =>
      this.resolutions.resolveApproved(approval, markExecuted),
    );
  }
}

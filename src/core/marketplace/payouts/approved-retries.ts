import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApprovalActions } from '../approvals/index.js';
import { TRANSFER_RETRY, TransferRetries } from './transfer-retries.service.js';

/** Executes the retries that a second administrator allowed. */
@Injectable()
export class ApprovedRetries implements OnModuleInit {
  constructor(
    private readonly actions: ApprovalActions,
    private readonly retries: TransferRetries,
  ) {}

  onModuleInit(): void {
    this.actions.register(TRANSFER_RETRY, (approval, markExecuted) =>
      this.retries.retryApproved(approval, markExecuted),
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { Approval } from './approval.types.js';

/**
 * Does what was approved. `markExecuted` belongs into the transaction that has the effect (it demands one):
 * then a crash repeats neither, and a second execution is refused by it. An action that never calls it is
 * marked afterwards, and may run twice after a crash.
 * @throws DomainError for a refusal that no repetition changes: the approval is `failed` with its code
 */
export type ApprovedAction = (approval: Approval, markExecuted: () => Promise<void>) => Promise<void>;

/** Who executes which action; filled by the modules at boot. */
@Injectable()
export class ApprovalActions {
  private readonly actions = new Map<string, ApprovedAction>();

  /** @throws Error when the action has somebody already */
  register(action: string, execute: ApprovedAction): void {
    if (this.actions.has(action)) throw new Error(`Two modules execute the approved action "${action}"`);
    this.actions.set(action, execute);
  }

  /** @throws Error when nobody executes the action: nothing may be asked for that cannot be done */
  get(action: string): ApprovedAction {
    const execute = this.actions.get(action);
    if (!execute) throw new Error(`Nobody executes the approved action "${action}"`);
    return execute;
  }
}

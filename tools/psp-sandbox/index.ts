import type { SandboxOptions } from './options.js';
import { Sandbox } from './sandbox.js';

export type { BooksView } from './books/books.js';
export type { CurrencyTotals, Totals } from './books/totals.js';
export type {
  AccountRow,
  DisputeRow,
  DisputeStatus,
  EventRow,
  PaymentRow,
  RefundRow,
  ReversalRow,
  TransferRow,
} from './books/rows.js';
export type { CallFault, FaultOrder, WebhookFault } from './faults/fault-orders.js';
export type { HeldCall } from './faults/hold-desk.js';
export type { LoggedCall } from './http/request-log.js';
export type { SandboxOptions } from './options.js';
export type { HyperswitchDialect } from './settings.js';
export type { Sandbox } from './sandbox.js';
export type { SettingsChange, WebhookUrlChange } from './sandbox-controls.js';

/**
 * Starts a payment sandbox on the loopback interface.
 * @throws Error when a key or secret is empty, and with code EADDRINUSE when the port is taken
 */
export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = new Sandbox(options);
  await sandbox.start(options.port ?? 0);
  return sandbox;
}

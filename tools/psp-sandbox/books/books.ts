import { loadState, saveState } from './state-file.js';
import { disputedOf, totalsOf, type Totals } from './totals.js';
import type {
  AccountLinkRow,
  AccountRow,
  AmountsMinor,
  BooksState,
  DisputeRow,
  EventRow,
  IdempotencyRow,
  PaymentRow,
  RefundRow,
  ReversalRow,
  TransferRow,
} from './rows.js';

/** What `GET /_sandbox/books` answers: the rows in order of creation, and totals by upper-case currency. */
export interface BooksView {
  payments: PaymentRow[];
  refunds: RefundRow[];
  disputes: DisputeRow[];
  transfers: TransferRow[];
  reversals: ReversalRow[];
  accounts: AccountRow[];
  events: EventRow[];
  platformBalanceMinor: AmountsMinor | null;
  totals: Totals;
  /** What the buyers' banks hold or have kept of the captured money, by upper-case currency. */
  disputedMinor: AmountsMinor;
}

/**
 * The providers' memory: what was really captured, refunded, transferred and reversed.
 * With a state file every answer is given after the change it reports is on disk.
 */
export class Books {
  readonly payments = new Map<string, PaymentRow>();
  readonly refunds = new Map<string, RefundRow>();
  readonly disputes = new Map<string, DisputeRow>();
  readonly accounts = new Map<string, AccountRow>();
  readonly accountLinks = new Map<string, AccountLinkRow>();
  readonly transfers = new Map<string, TransferRow>();
  readonly reversals = new Map<string, ReversalRow>();
  readonly events = new Map<string, EventRow>();
  readonly idempotencyKeys = new Map<string, IdempotencyRow>();
  platformBalanceMinor: AmountsMinor | null = null;
  private savedText = '';

  constructor(private readonly stateFile: string | null) {
    const state = stateFile === null ? null : loadState(stateFile);
    if (state) this.fill(state);
  }

  /** Adds to the platform's money (negative takes); nothing happens while it is unlimited. */
  movePlatformMoney(currency: string, amountMinor: number): void {
    if (!this.platformBalanceMinor) return;
    this.platformBalanceMinor[currency] = (this.platformBalanceMinor[currency] ?? 0) + amountMinor;
  }

  /** A deep copy, so that a caller's snapshot does not change under it. */
  view(): BooksView {
    const { accountLinks: _links, idempotencyKeys: _keys, ...rows } = this.state();
    return structuredClone({ ...rows, totals: totalsOf(rows), disputedMinor: disputedOf(rows.disputes) });
  }

  clear(): void {
    for (const rows of this.tables()) rows.clear();
    this.platformBalanceMinor = null;
  }

  /** Writes the state file when something changed since the last call. */
  save(): void {
    if (this.stateFile === null) return;
    const text = JSON.stringify(this.state());
    if (text === this.savedText) return;
    saveState(this.stateFile, text);
    this.savedText = text;
  }

  private state(): BooksState {
    return {
      payments: [...this.payments.values()],
      refunds: [...this.refunds.values()],
      disputes: [...this.disputes.values()],
      accounts: [...this.accounts.values()],
      accountLinks: [...this.accountLinks.values()],
      transfers: [...this.transfers.values()],
      reversals: [...this.reversals.values()],
      events: [...this.events.values()],
      idempotencyKeys: [...this.idempotencyKeys.values()].filter((row) => row.answer !== null),
      platformBalanceMinor: this.platformBalanceMinor,
    };
  }

  private fill(state: BooksState): void {
    for (const row of state.payments) this.payments.set(row.id, row);
    for (const row of state.refunds) this.refunds.set(row.id, row);
    for (const row of state.disputes) this.disputes.set(row.id, row);
    for (const row of state.accounts) this.accounts.set(row.id, row);
    for (const row of state.accountLinks) this.accountLinks.set(row.token, row);
    for (const row of state.transfers) this.transfers.set(row.id, row);
    for (const row of state.reversals) this.reversals.set(row.id, row);
    for (const row of state.events) this.events.set(row.id, row);
    for (const row of state.idempotencyKeys) this.idempotencyKeys.set(row.scopedKey, row);
    this.platformBalanceMinor = state.platformBalanceMinor;
  }

  private tables(): { clear(): void }[] {
    return [
      this.payments,
      this.refunds,
      this.disputes,
      this.accounts,
      this.accountLinks,
      this.transfers,
      this.reversals,
      this.events,
      this.idempotencyKeys,
    ];
  }
}

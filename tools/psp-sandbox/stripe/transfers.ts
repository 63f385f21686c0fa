import type { Books } from '../books/books.js';
import { newProviderId } from '../books/new-id.js';
import type { AccountRow, ReversalRow, TransferRow } from '../books/rows.js';
import { stringMap, textField, treeField, type FormTree } from '../http/form-body.js';
import {
  balanceInsufficient,
  capabilityMissing,
  invalidInteger,
  invalidParameter,
  missingParameter,
  noAccess,
  noSuch,
  overReversed,
  transfersNotAllowed,
} from './stripe-errors.js';

/** Transfers from the platform to connected accounts, and their reversals (08 2.4). */
export class Transfers {
  constructor(
    private readonly books: Books,
    private readonly announce: (type: 'transfer.created' | 'transfer.reversed', row: TransferRow) => void,
  ) {}

  create(form: FormTree): TransferRow {
    const currency = textField(form, 'currency');
    const destination = textField(form, 'destination');
    const amount = textField(form, 'amount');
    if (currency === null) throw missingParameter('currency');
    if (destination === null) throw missingParameter('destination');
    if (amount === null) throw missingParameter('amount');
    if (!/^[a-z]{3}$/.test(currency)) throw invalidParameter('currency', `Invalid currency: ${currency}`);
    const amountMinor = amountOf(amount);
    const account = this.payableAccount(destination);
    this.assertPlatformHas(currency, amountMinor);
    const row: TransferRow = {
      id: newProviderId('tr'),
      amountMinor,
      amountReversedMinor: 0,
      currency,
      destination,
      destinationPayment: newProviderId('py'),
      balanceTransaction: newProviderId('txn'),
      description: textField(form, 'description'),
      metadata: stringMap(treeField(form, 'metadata')),
      sourceTransaction: textField(form, 'source_transaction'),
      transferGroup: textField(form, 'transfer_group'),
      createdAt: new Date().toISOString(),
    };
    this.books.transfers.set(row.id, row);
    this.books.movePlatformMoney(currency, -amountMinor);
    account.balancesMinor[currency] = heldBy(account, currency) + amountMinor;
    this.announce('transfer.created', row);
    return row;
  }

  get(id: string, param = 'transfer'): TransferRow {
    const row = this.books.transfers.get(id);
    if (!row) throw noSuch('transfer', id, param);
    return row;
  }

  list(filter: (row: TransferRow) => boolean): TransferRow[] {
    return [...this.books.transfers.values()].filter(filter);
  }

  /** Takes back a part or, without an amount, the rest. Never more than the seller still holds. */
  reverse(transferId: string, form: FormTree): ReversalRow {
    const transfer = this.get(transferId, 'id');
    const restMinor = transfer.amountMinor - transfer.amountReversedMinor;
    const amount = textField(form, 'amount');
    const amountMinor = amount === null ? restMinor : amountOf(amount);
    if (amountMinor > restMinor || restMinor === 0) throw overReversed(amountMinor, restMinor);
    const account = this.books.accounts.get(transfer.destination);
    if (!account || account.state === 'deauthorized') throw noAccess(transfer.destination);
    if (heldBy(account, transfer.currency) < amountMinor) throw balanceInsufficient('the connected account');
    const row: ReversalRow = {
      id: newProviderId('trr'),
      transferId: transfer.id,
      amountMinor,
      currency: transfer.currency,
      balanceTransaction: newProviderId('txn'),
      destinationPaymentRefund: newProviderId('pyr'),
      metadata: stringMap(treeField(form, 'metadata')),
      createdAt: new Date().toISOString(),
    };
    this.books.reversals.set(row.id, row);
    transfer.amountReversedMinor += amountMinor;
    account.balancesMinor[transfer.currency] = heldBy(account, transfer.currency) - amountMinor;
    this.books.movePlatformMoney(transfer.currency, amountMinor);
    this.announce('transfer.reversed', transfer);
    return row;
  }

  reversalsOf(transferId: string): ReversalRow[] {
    return [...this.books.reversals.values()].filter((row) => row.transferId === transferId);
  }

  getReversal(transferId: string, id: string): ReversalRow {
    const row = this.books.reversals.get(id);
    if (row?.transferId !== transferId) throw noSuch('transfer reversal', id, 'id');
    return row;
  }

  private payableAccount(id: string): AccountRow {
    const account = this.books.accounts.get(id);
    if (!account) throw noSuch('destination', id, 'destination', 400);
    if (account.state === 'deauthorized') throw noAccess(id);
    if (account.state === 'restricted') throw transfersNotAllowed();
    if (account.state !== 'ready' || !account.requestedCapabilities.includes('transfers'))
      throw capabilityMissing();
    return account;
  }

  private assertPlatformHas(currency: string, amountMinor: number): void {
    const balance = this.books.platformBalanceMinor;
    if (balance && (balance[currency] ?? 0) < amountMinor) throw balanceInsufficient('your Stripe account');
  }
}

const heldBy = (account: AccountRow, currency: string): number => account.balancesMinor[currency] ?? 0;

function amountOf(text: string): number {
  const amountMinor = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(amountMinor)) throw invalidInteger('amount');
  if (amountMinor < 1) throw invalidParameter('amount', 'This value must be greater than or equal to 1.');
  return amountMinor;
}

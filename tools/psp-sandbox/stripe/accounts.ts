import { randomBytes } from 'node:crypto';
import type { Books } from '../books/books.js';
import { newProviderId } from '../books/new-id.js';
import type { AccountLinkRow, AccountRow, AccountState } from '../books/rows.js';
import { stringMap, textField, treeField, type FormTree } from '../http/form-body.js';
import { invalidParameter, missingParameter, noAccess } from './stripe-errors.js';

const ACCOUNT_TYPES = ['custom', 'express', 'standard'];
const LINK_TTL_MS = 300_000;
const CURRENCIES: Record<string, string> = { GB: 'gbp', US: 'usd', CH: 'chf', JP: 'jpy', CA: 'cad' };

/** Connected accounts and their onboarding links. Each change of state is announced through `onChanged`. */
export class Accounts {
  constructor(
    private readonly books: Books,
    private readonly onChanged: (row: AccountRow) => void,
  ) {}

  create(form: FormTree): AccountRow {
    const type = textField(form, 'type') ?? 'standard';
    if (!ACCOUNT_TYPES.includes(type))
      throw invalidParameter('type', 'Invalid type: must be one of standard, express or custom');
    const country = textField(form, 'country') ?? 'FR';
    if (!/^[A-Z]{2}$/.test(country)) throw invalidParameter('country', `Country '${country}' is unknown.`);
    const requested = Object.entries(treeField(form, 'capabilities'))
      .filter(([, value]) => typeof value === 'object' && value['requested'] === 'true')
      .map(([name]) => name);
    const row: AccountRow = {
      id: newProviderId('acct', 16),
      state: 'pending',
      type,
      country,
      email: textField(form, 'email'),
      businessType: textField(form, 'business_type'),
      defaultCurrency: textField(form, 'default_currency') ?? CURRENCIES[country] ?? 'eur',
      requestedCapabilities: requested,
      metadata: stringMap(treeField(form, 'metadata')),
      balancesMinor: {},
      paidOutMinor: {},
      createdAt: new Date().toISOString(),
    };
    this.books.accounts.set(row.id, row);
    return row;
  }

  /** @throws 403 `account_invalid` for an unknown account and for one that revoked the platform's access */
  get(id: string): AccountRow {
    const row = this.books.accounts.get(id);
    if (!row || row.state === 'deauthorized') throw noAccess(id);
    return row;
  }

  createLink(form: FormTree): AccountLinkRow {
    const account = textField(form, 'account');
    const type = textField(form, 'type');
    if (account === null) throw missingParameter('account');
    if (type === null) throw missingParameter('type');
    if (!['account_onboarding', 'account_update'].includes(type))
      throw invalidParameter('type', 'Invalid type');
    for (const name of ['refresh_url', 'return_url']) {
      if (textField(form, name) === null) throw missingParameter(name);
    }
    const now = Date.now();
    const row: AccountLinkRow = {
      token: randomBytes(18).toString('base64url'),
      accountId: this.get(account).id,
      refreshUrl: textField(form, 'refresh_url'),
      returnUrl: textField(form, 'return_url'),
      isUsed: false,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + LINK_TTL_MS).toISOString(),
    };
    this.books.accountLinks.set(row.token, row);
    return row;
  }

  /** The link while it can be used: once, for five minutes (08 2.3); null afterwards. */
  findUsableLink(token: string): AccountLinkRow | null {
    const link = this.books.accountLinks.get(token);
    return link && !link.isUsed && Date.parse(link.expiresAt) > Date.now() ? link : null;
  }

  finishOnboarding(link: AccountLinkRow): void {
    link.isUsed = true;
    this.setState(link.accountId, 'ready');
  }

  setState(id: string, state: AccountState): AccountRow {
    const row = this.get(id);
    if (row.state === state) return row;
    row.state = state;
    this.onChanged(row);
    return row;
  }

  /** Pays everything that the account holds out to its bank; a reversal then finds nothing. */
  payOut(id: string): AccountRow {
    const row = this.get(id);
    for (const [currency, amountMinor] of Object.entries(row.balancesMinor)) {
      row.paidOutMinor[currency] = (row.paidOutMinor[currency] ?? 0) + amountMinor;
      row.balancesMinor[currency] = 0;
    }
    return row;
  }
}

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createSandbox, type Sandbox } from '../psp-sandbox/index.js';
import { DrillClient } from './drill-client.js';
import { DrillPostgres } from './drill-postgres.js';
import { DrillServer, freePort } from './drill-server.js';
import type { Random } from './random.js';
import { waitUntil } from './wait-until.js';

const SECRETS = {
  apiKey: 'drill-api-key',
  hyperswitchWebhookSecret: 'drill-hyperswitch-secret',
  stripeSecretKey: 'sk_test_drill',
  stripeWebhookSecret: 'whsec_drill_platform',
  stripeConnectWebhookSecret: 'whsec_drill_connect',
};
const PASSWORD = 'Granite-otter-47!';
const SELLERS = 6;
const PRODUCTS_PER_SELLER = 8;
const BUYERS = 12;

export interface Person {
  id: string;
  token: string;
}

export interface Product {
  id: string;
  sellerId: string;
  priceMinor: number;
}

/** Leases and steps of seconds, by configuration alone: the product is the one that is shipped. */
const QUICK = {
  PSP_TIMEOUT: '1500ms',
  HANDLER_TIMEOUT: '2s',
  OUTBOX_LEASE: '2s',
  OUTBOX_POLL_INTERVAL: '200ms',
  MEDIA_LEASE: '2s',
  JOB_LEASE: '2s',
  MONEY_SWEEP_CRON: '*/2 * * * * *',
  // An order that nobody has paid after five minutes is cancelled, as in life after a day.
  PAYMENT_SWEEP_STEPS: '2s,5s,10s,20s,40s,1m,80s,100s,2m,140s,160s,3m,200s,220s,4m,260s,280s,5m',
  // After the last step every ten seconds.
  REFUND_SWEEP_STEPS: '2s,5s,10s',
  // Longer than the sandbox ever holds a call back.
  TRANSFER_ARRIVAL_GRACE: '30s',
  TRANSFER_UNKNOWN_STEPS: '1s,2s,4s,8s',
  TRANSFER_SHORT_STEPS: '2s,4s,8s',
  TRANSFER_REFUSED_STEPS: '1s,2s,4s,8s',
};

/** The built server with a durable PostgreSQL beside a sandbox that keeps its own books. */
export class DrillWorld {
  readonly people: { sellers: Person[]; buyers: Person[]; admin: Person | null } = {
    sellers: [],
    buyers: [],
    admin: null,
  };
  readonly products: Product[] = [];
  readonly client: DrillClient;

  private constructor(
    private readonly folder: string,
    readonly random: Random,
    readonly postgres: DrillPostgres,
    readonly sandbox: Sandbox,
    readonly server: DrillServer,
  ) {
    this.client = new DrillClient(() => server.url);
  }

  /** @param program the built server, `dist/src/main.js` of whichever tree is under test */
  static async create(random: Random, program: string): Promise<DrillWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'veza-money-drill-'));
    // The database may run under another account, which has to enter it.
    chmodSync(folder, 0o755);
    const postgres = await DrillPostgres.start(folder);
    const port = await freePort();
    const webhooks = `http://127.0.0.1:${String(port)}/api/v1/webhooks`;
    const sandbox = await createSandbox({
      ...SECRETS,
      hyperswitchWebhookUrl: `${webhooks}/hyperswitch`,
      stripeWebhookUrl: `${webhooks}/stripe`,
      webhookBackoffMs: Array.from({ length: 400 }, () => 300),
    });
    const env = environmentOf(port, postgres.url, sandbox.url);
    const server = new DrillServer(port, resolve(program), join(folder, 'server'), env);
    return new DrillWorld(folder, random, postgres, sandbox, server);
  }

  /** People, accounts that can be paid, and something to buy; before anything is killed. */
  async furnish(): Promise<void> {
    await this.server.untilReady();
    this.people.admin = await this.person('admin');
    for (let index = 0; index < SELLERS; index += 1) this.people.sellers.push(await this.seller());
    for (let index = 0; index < BUYERS; index += 1) this.people.buyers.push(await this.person('user'));
  }

  /** Stops everything. The server's log is kept when `isLogKept`. @returns where it is */
  async close(isLogKept: boolean): Promise<string | null> {
    await this.server.kill();
    await this.sandbox.close();
    await this.postgres.stop();
    if (isLogKept) return this.server.logFile;
    rmSync(this.folder, { recursive: true, force: true });
    return null;
  }

  /** An account of a seller at the payout provider. */
  async accountOf(seller: Person): Promise<string> {
    const [row] = await this.postgres.rows<{ id: string }>(
      'SELECT stripe_account_id AS id FROM connect_accounts WHERE user_id = $1',
      [seller.id],
    );
    if (!row) throw new Error(`The seller ${seller.id} has no account`);
    return row.id;
  }

  private async person(role: string): Promise<Person> {
    const username = `u${randomBytes(6).toString('hex')}`;
    const credentials = { email: `${username}@example.test`, password: PASSWORD };
    const registered = await this.client.post('/auth/register', { username, ...credentials });
    const id = String(registered.data['user_id']);
    await this.postgres.rows('UPDATE users SET role = $2 WHERE id = $1', [id, role]);
    const login = await this.client.post('/auth/login', credentials);
    return { id, token: String(login.data['access_token']) };
  }

  private async seller(): Promise<Person> {
    const seller = await this.person('creator');
    await this.client.post('/marketplace/seller/connect/onboard', {}, seller.token);
    this.sandbox.readyAccount(await this.accountOf(seller));
    const isReady = await waitUntil(async () => {
      const rows = await this.postgres.rows(
        'SELECT 1 FROM connect_accounts WHERE user_id = $1 AND transfers_enabled',
        [seller.id],
      );
      return rows.length === 1;
    }, 30_000);
    if (!isReady) throw new Error('The account of a seller does not become ready');
    for (let index = 0; index < PRODUCTS_PER_SELLER; index += 1) await this.product(seller);
    return seller;
  }

  private async product(seller: Person): Promise<void> {
    const priceMinor = this.random.between(300, 9_999);
    const { data, status, code } = await this.client.post(
      '/marketplace/products',
      { title: 'Mixing', product_type: 'service', price: priceMinor, currency: 'EUR', license_type: 'basic' },
      seller.token,
    );
    if (status !== 201) throw new Error(`A product was refused with ${String(status)} ${code ?? ''}`);
    this.products.push({ id: String(data['id']), sellerId: seller.id, priceMinor });
  }
}

function environmentOf(port: number, databaseUrl: string, sandboxUrl: string): Record<string, string> {
  return {
    APP_ENV: 'test',
    APP_HOST: '127.0.0.1',
    APP_PORT: String(port),
    DATABASE_URL: databaseUrl,
    JWT_SECRET: 'only-for-the-money-drill-0123456789abcdef',
    JWT_EXPIRATION: '12h',
    DISABLE_RATE_LIMIT_FOR_TESTS: 'true',
    CLAMAV_REQUIRED: 'false',
    DB_POOL_MIN: '0',
    HYPERSWITCH_URL: sandboxUrl,
    HYPERSWITCH_API_KEY: SECRETS.apiKey,
    HYPERSWITCH_WEBHOOK_SECRET: SECRETS.hyperswitchWebhookSecret,
    STRIPE_SECRET_KEY: SECRETS.stripeSecretKey,
    STRIPE_API_URL: sandboxUrl,
    STRIPE_WEBHOOK_SECRET: SECRETS.stripeWebhookSecret,
    STRIPE_CONNECT_WEBHOOK_SECRET: SECRETS.stripeConnectWebhookSecret,
    ...QUICK,
  };
}

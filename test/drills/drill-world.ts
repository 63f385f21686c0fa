import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createSandbox, type Sandbox } from '../../tools/psp-sandbox/index.js';
import { startDurablePostgres, type DurablePostgres } from '../support/durable-postgres.js';
import {
  freePort,
  type LaunchOptions,
  ServerProcess,
  startServerProcess,
} from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';

export const SECRETS = {
  apiKey: 'sandbox-api-key',
  hyperswitchWebhookSecret: 'sandbox-hyperswitch-secret',
  stripeSecretKey: 'sk_test_sandbox',
  stripeWebhookSecret: 'whsec_sandbox_platform',
  stripeConnectWebhookSecret: 'whsec_sandbox_connect',
};
const PASSWORD = 'Granite-otter-47!';

export interface Person {
  id: string;
  token: string;
}

export interface PaidOrder {
  id: string;
  paymentId: string;
  buyer: Person;
  seller: Person;
}

export interface Answer {
  status: number;
  body: ReturnType<typeof JSON.parse>;
}

/** A row as the database gives it; the expectations are its types. */
export type Row = Record<string, ReturnType<typeof JSON.parse>>;

interface CallOptions {
  method?: string;
  token?: string;
  body?: object;
  headers?: Record<string, string>;
}

/**
 * Real processes of the built server on a PostgreSQL that syncs what it commits, beside a sandbox that lives in the
 * test. The first server keeps its address over restarts, because the sandbox's webhooks go there.
 */
export class DrillWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'veza-drill-'));
  private readonly servers: ServerProcess[] = [];

  private constructor(
    readonly postgres: DurablePostgres,
    readonly sandbox: Sandbox,
    readonly sql: Client,
    readonly databaseUrl: string,
    private readonly port: number,
  ) {}

  static async create(postgres: DurablePostgres): Promise<DrillWorld> {
    const databaseUrl = await createDatabase(postgres);
    const sql = new Client({ connectionString: databaseUrl });
    await sql.connect();
    const port = await freePort();
    const webhooks = `http://127.0.0.1:${String(port)}/api/v1/webhooks`;
    const sandbox = await createSandbox({
      ...SECRETS,
      hyperswitchWebhookUrl: `${webhooks}/hyperswitch`,
      stripeWebhookUrl: `${webhooks}/stripe`,
      webhookBackoffMs: Array.from({ length: 200 }, () => 200),
    });
    return new DrillWorld(postgres, sandbox, sql, databaseUrl, port);
  }

  /** Kills what still runs and forgets the database. */
  async close(): Promise<void> {
    await Promise.all(this.servers.splice(0).map((server) => server.kill()));
    await this.sql.end();
    await this.sandbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Starts the server at the address of the webhooks; again after a kill, on the same data. */
  start(env: Record<string, string> = {}, options: Omit<LaunchOptions, 'env'> = {}): Promise<ServerProcess> {
    return this.startAt(this.port, env, options);
  }

  /** Starts one more server on the same data. */
  async startAnother(env: Record<string, string> = {}): Promise<ServerProcess> {
    return this.startAt(await freePort(), env);
  }

  /** What every server of the drill is told. */
  environment(port: number): Record<string, string> {
    return {
      APP_PORT: String(port),
      UPLOAD_DIR: join(this.folder, 'uploads'),
      MAIL_DIR: join(this.folder, 'mail'),
      CLAMAV_REQUIRED: 'false',
      HYPERSWITCH_URL: this.sandbox.hyperswitchUrl,
      HYPERSWITCH_API_KEY: SECRETS.apiKey,
      HYPERSWITCH_WEBHOOK_SECRET: SECRETS.hyperswitchWebhookSecret,
      STRIPE_SECRET_KEY: SECRETS.stripeSecretKey,
      STRIPE_API_URL: this.sandbox.stripeUrl,
      STRIPE_WEBHOOK_SECRET: SECRETS.stripeWebhookSecret,
      STRIPE_CONNECT_WEBHOOK_SECRET: SECRETS.stripeConnectWebhookSecret,
      OUTBOX_LEASE: '2s',
      MEDIA_LEASE: '2s',
      OUTBOX_POLL_INTERVAL: '200ms',
    };
  }

  private async startAt(
    port: number,
    env: Record<string, string>,
    options: Omit<LaunchOptions, 'env'> = {},
  ): Promise<ServerProcess> {
    const server = await startServerProcess(this.databaseUrl, { ...this.environment(port), ...env }, options);
    this.servers.push(server);
    return server;
  }

  async rows<Shape = Row>(text: string, parameters: unknown[] = []): Promise<Shape[]> {
    return (await this.sql.query(text, parameters)).rows as Shape[];
  }

  async row<Shape = Row>(text: string, parameters: unknown[] = []): Promise<Shape> {
    const rows = await this.rows<Shape>(text, parameters);
    expect(rows).toHaveLength(1);
    return rows[0]!;
  }

  async call(
    path: string,
    { method, token, body, headers = {} }: CallOptions = {},
    url = this.url,
  ): Promise<Answer> {
    const all = new Headers(headers);
    if (token !== undefined) all.set('authorization', `Bearer ${token}`);
    if (body !== undefined) all.set('content-type', 'application/json');
    const response = await fetch(`${url}/api/v1${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: all,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  /** A fresh person; a role is given in the database, as the first administrator gets it. */
  async person(role = 'user'): Promise<Person> {
    const username = `u${randomBytes(6).toString('hex')}`;
    const answer = await this.call('/auth/register', {
      body: { username, email: `${username}@example.test`, password: PASSWORD },
    });
    expect(answer.status).toBe(201);
    const { user_id: id, access_token: token } = answer.body.data;
    if (role !== 'user') await this.rows('UPDATE users SET role = $2 WHERE id = $1', [id, role]);
    // Cached roles are at most two seconds old: signing in again makes a session that nobody has looked at.
    const login = await this.call('/auth/login', {
      body: { email: `${username}@example.test`, password: PASSWORD },
    });
    return { id, token: role === 'user' ? token : login.body.data.access_token };
  }

  /** A creator whose account at the payout provider is ready. */
  async seller(): Promise<Person> {
    const seller = await this.person('creator');
    const answer = await this.call('/marketplace/seller/connect/onboard', { token: seller.token, body: {} });
    expect(answer.status).toBe(200);
    const { stripe_account_id: accountId } = await this.row(
      'SELECT stripe_account_id FROM connect_accounts WHERE user_id = $1',
      [seller.id],
    );
    this.sandbox.readyAccount(accountId);
    await this.until('a ready account', async () => {
      const rows = await this.rows(
        'SELECT 1 FROM connect_accounts WHERE user_id = $1 AND transfers_enabled',
        [seller.id],
      );
      return rows.length === 1;
    });
    return seller;
  }

  /** An order of one item that waits for its payment. */
  async placeOrder(priceMinor = 2_500): Promise<PaidOrder> {
    const seller = await this.seller();
    const buyer = await this.person();
    const product = await this.product(seller, priceMinor);
    const answer = await this.call('/marketplace/orders', {
      token: buyer.token,
      body: { items: [{ product_id: product }] },
      headers: { 'idempotency-key': randomUUID() },
    });
    expect(answer.status).toBe(201);
    const { order, payment } = answer.body.data;
    return { id: order.id, paymentId: payment.payment_id, buyer, seller };
  }

  async product(seller: Person, priceMinor = 2_500): Promise<string> {
    const answer = await this.call('/marketplace/products', {
      token: seller.token,
      body: {
        title: 'Mixing',
        product_type: 'service',
        price: priceMinor,
        currency: 'EUR',
        license_type: 'basic',
      },
    });
    expect(answer.status).toBe(201);
    return answer.body.data.id;
  }

  /** A completed order whose share has been transferred. */
  async paidOrder(priceMinor = 2_500): Promise<PaidOrder> {
    const order = await this.placeOrder(priceMinor);
    this.sandbox.succeedPayment(order.paymentId);
    await this.orderIs(order, 'completed');
    await this.transferIs(order, 'completed');
    return order;
  }

  async requestRefund(order: PaidOrder): Promise<void> {
    const answer = await this.call(`/marketplace/orders/${order.id}/refund`, {
      token: order.buyer.token,
      body: {},
    });
    expect(answer.status).toBe(202);
  }

  refund(order: PaidOrder): Promise<Row> {
    return this.row('SELECT * FROM refunds WHERE order_id = $1', [order.id]);
  }

  transfer(order: PaidOrder): Promise<Row> {
    return this.row('SELECT * FROM seller_transfers WHERE order_id = $1', [order.id]);
  }

  /** Waits until the provider has acknowledged the only refund of an order, and gives its id there. */
  async acknowledgedRefund(order: PaidOrder): Promise<string> {
    await this.until('an acknowledged refund', async () => (await this.refund(order)).psp_ack_at !== null);
    return (await this.refund(order)).psp_refund_id;
  }

  orderIs(order: PaidOrder, status: string): Promise<unknown> {
    return this.until(`a ${status} order`, async () => {
      return (await this.row('SELECT status FROM orders WHERE id = $1', [order.id])).status === status;
    });
  }

  transferIs(order: PaidOrder, status: string): Promise<unknown> {
    return this.until(`a ${status} transfer`, async () => {
      const rows = await this.rows('SELECT status FROM seller_transfers WHERE order_id = $1', [order.id]);
      return rows.length === 1 && rows[0]!.status === status;
    });
  }

  /** One call that the sandbox holds back. */
  heldCall(path: RegExp, count = 1): Promise<unknown> {
    return this.until(
      `${String(count)} held calls`,
      () => this.sandbox.holds().filter((call) => path.test(call.path)).length === count,
    );
  }

  until(what: string, condition: () => Promise<boolean> | boolean, timeoutMs = 60_000): Promise<unknown> {
    return waitFor(condition, { what, timeoutMs });
  }

  /** Waits until nothing is left to deliver, in either direction. */
  async quiet(): Promise<void> {
    await this.sandbox.whenWebhooksAreQuiet();
    await this.until('a quiet outbox', async () => {
      const { open } = await this.row<{ open: number }>(
        'SELECT count(*)::int AS open FROM outbox_deliveries WHERE done_at IS NULL',
      );
      return open === 0;
    });
    expect(await this.rows('SELECT handler FROM outbox_deliveries WHERE dead_at IS NOT NULL')).toEqual([]);
  }

  /** Ends the connections of a killed process that still wait for a lock, as the network would in the end. */
  async endWaitingConnections(): Promise<void> {
    await this.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
  }

  /** How many statements wait for a lock. */
  async waitingStatements(): Promise<number> {
    const { waiting } = await this.row<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return waiting;
  }

  /** A further connection, to hold a lock. */
  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    return client;
  }
}

async function createDatabase(postgres: DurablePostgres): Promise<string> {
  const name = `drill_${randomUUID().replaceAll('-', '')}`;
  const maintenance = new Client({ connectionString: postgres.url });
  await maintenance.connect();
  await maintenance.query(`CREATE DATABASE ${name}`);
  await maintenance.end();
  return Object.assign(new URL(postgres.url), { pathname: `/${name}` }).toString();
}

export { startDurablePostgres };

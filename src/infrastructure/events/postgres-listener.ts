import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';
import { AppConfig } from '../config/index.js';

/** Somebody who listens on a channel. */
export interface Subscription {
  onNotification: (payload: string) => void;
  /** Called after every connection, the first included: notifications may have been missed before. */
  onConnected?: () => void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/**
 * LISTEN on a connection of its own that comes back by itself (design/decisions). Notifications are hints:
 * whoever needs to know for certain also polls.
 */
@Injectable()
export class PostgresListener implements OnApplicationShutdown {
  private readonly logger = new Logger(PostgresListener.name);
  private readonly subscriptions = new Map<string, Subscription[]>();
  private client: Client | null = null;
  private connecting: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private isStopped = false;

  constructor(private readonly config: AppConfig) {}

  /** Listens on a channel (a plain lower-case name) for as long as the process runs. */
  subscribe(channel: string, subscription: Subscription): void {
    if (!/^[a-z_]+$/.test(channel)) throw new Error(`"${channel}" is no name for a channel`);
    this.subscriptions.set(channel, [...(this.subscriptions.get(channel) ?? []), subscription]);
    if (!this.client) {
      this.connect();
      return;
    }
    this.client.query(`LISTEN ${channel}`).then(
      () => subscription.onConnected?.(),
      (error: unknown) => this.logger.warn({ message: 'LISTEN failed', channel, err: error }),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.connecting;
    const client = this.client;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private connect(): void {
    this.connecting ??= this.open().finally(() => {
      this.connecting = null;
    });
  }

  private async open(): Promise<void> {
    const client = new Client({
      connectionString: this.config.get('DATABASE_URL'),
      application_name: 'veza-listener',
      connectionTimeoutMillis: this.config.get('DB_CONNECTION_TIMEOUT'),
      keepAlive: true,
    });
    client.on('error', (error) => this.onLost(client, error));
    client.on('end', () => this.onLost(client));
    client.on('notification', ({ channel, payload }) => {
      for (const { onNotification } of this.subscriptions.get(channel) ?? []) onNotification(payload ?? '');
    });
    try {
      await client.connect();
      for (const channel of this.subscriptions.keys()) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      this.retryAfter(error);
      return;
    }
    this.client = client;
    if (this.failures > 0) this.logger.log('The LISTEN connection is back');
    this.failures = 0;
    for (const subscription of [...this.subscriptions.values()].flat()) subscription.onConnected?.();
  }

  private onLost(client: Client, error?: Error): void {
    if (client !== this.client) return;
    this.client = null;
    client.end().catch(() => undefined);
    this.retryAfter(error);
  }

  private retryAfter(error: unknown): void {
    if (this.isStopped) return;
    if (this.failures === 0)
      this.logger.warn({ message: 'The LISTEN connection is lost; polling goes on', err: error });
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.failures, LONGEST_PAUSE_MS);
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), pauseMs);
  }
}

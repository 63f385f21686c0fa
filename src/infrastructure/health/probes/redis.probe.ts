import { Redis } from 'ioredis';

/** Pings Redis over a connection of its own, which is made again after every failure. */
export class RedisProbe {
  private client: Redis | null = null;

  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
  ) {}

  /** @throws Error when Redis cannot be reached or does not answer in time. */
  async ping(): Promise<void> {
    const client = (this.client ??= this.create());
    try {
      if (client.status === 'wait') await client.connect();
      await client.ping();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.client?.disconnect();
    this.client = null;
  }

  private create(): Redis {
    const client = new Redis(this.url, {
      lazyConnect: true,
      connectTimeout: this.timeoutMs,
      commandTimeout: this.timeoutMs,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      connectionName: 'veza-health',
    });
    client.on('error', () => {
      // Without a listener ioredis prints to the console; the failed ping reports the error.
    });
    client.on('end', () => {
      if (this.client === client) this.client = null;
    });
    return client;
  }
}

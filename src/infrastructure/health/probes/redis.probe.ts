import { Redis } from 'ioredis';
import { aborted } from './aborted.js';

/** Pings Redis over a connection of its own, which is made again after every failure. */
export class RedisProbe {
  private client: Redis | null = null;

  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
  ) {}

  /** @throws Error when Redis cannot be reached, refuses us, or does not answer before the signal. */
  async ping(signal: AbortSignal): Promise<void> {
    const client = (this.client ??= this.create());
    try {
      await Promise.race([connectAndPing(client), aborted(signal)]);
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
      disconnectTimeout: 100,
      // A server that is still loading answers the ping itself with an error.
      enableReadyCheck: false,
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

async function connectAndPing(client: Redis): Promise<void> {
  if (client.status === 'wait') await client.connect();
  await client.ping();
}

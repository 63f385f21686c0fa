import { connect, type ChannelModel } from 'amqplib';
import { aborted } from './aborted.js';

/** Opens and closes a channel on one kept connection, which is made again after every failure. */
export class RabbitMqProbe {
  private connection: Promise<ChannelModel> | null = null;

  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
  ) {}

  /** @throws Error when RabbitMQ cannot be reached, refuses us, or does not answer before the signal. */
  async ping(signal: AbortSignal): Promise<void> {
    const connection = (this.connection ??= this.open());
    try {
      await Promise.race([openAndCloseChannel(connection), aborted(signal)]);
    } catch (error) {
      if (this.connection === connection) this.connection = null;
      void closeQuietly(connection);
      throw error;
    }
  }

  async close(): Promise<void> {
    const connection = this.connection;
    this.connection = null;
    if (connection) await closeQuietly(connection);
  }

  private async open(): Promise<ChannelModel> {
    const connection = await connect(withHeartbeat(this.url), {
      timeout: this.timeoutMs,
      clientProperties: { connection_name: 'veza-health' },
    });
    const own = this.connection;
    const drop = (): void => {
      if (this.connection === own) this.connection = null;
    };
    connection.on('error', drop);
    connection.on('close', drop);
    return connection;
  }
}

async function openAndCloseChannel(connection: Promise<ChannelModel>): Promise<void> {
  const channel = await (await connection).createChannel();
  await channel.close();
}

async function closeQuietly(connection: Promise<ChannelModel>): Promise<void> {
  try {
    await (await connection).close();
  } catch {
    // It is closed already, or it never opened; the probe has reported why.
  }
}

/** A broker that vanished without a word is noticed within ten seconds. */
function withHeartbeat(address: string): string {
  const url = new URL(address);
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', '5');
  return url.href;
}

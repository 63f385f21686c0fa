import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that the application makes to a provider, as it goes over the wire. */
export interface WitnessedCall {
  method: string;
  path: string;
  idempotencyKey: string;
  body: string;
}

/** Looks at a call while the provider has not seen it, or when it has answered and the caller does not know. */
export type Watcher = (call: WitnessedCall) => Promise<void>;

/**
 * A wire between the application and the sandbox on which a test may stand: what a call needed to have been
 * committed can be asked before it arrives, and the database can be taken away around it.
 */
export class WireWitness {
  /** Where the sandbox listens. */
  target = '';
  /** Awaited before a call is passed on. */
  beforeCall: Watcher = () => Promise.resolve();
  /** Awaited when the provider has answered, before the answer is passed on. */
  afterCall: Watcher = () => Promise.resolve();

  private constructor(private readonly server: Server) {}

  static async open(): Promise<WireWitness> {
    const server = createServer();
    const witness = new WireWitness(server);
    server.on('request', (incoming, outgoing) => {
      witness.pass(incoming, outgoing).catch(() => outgoing.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return witness;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const call: WitnessedCall = {
      method: incoming.method ?? '',
      path: (incoming.url ?? '').split('?')[0] ?? '',
      idempotencyKey: String(incoming.headers['idempotency-key'] ?? ''),
      body: body.toString('utf8'),
    };
    await this.beforeCall(call);
    const answer = await this.ask(incoming, body);
    await this.afterCall(call);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    // An answer that breaks off at the provider breaks off at the caller as well.
    answer.on('error', () => outgoing.destroy());
    answer.on('aborted', () => outgoing.destroy());
    answer.pipe(outgoing);
  }

  private ask(incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { hostname, port } = new URL(this.target);
    return new Promise((resolve, reject) => {
      const { method, url: path, headers } = incoming;
      const forwarded = request({ hostname, port, method, path, headers, agent: false }, resolve);
      forwarded.on('error', reject);
      forwarded.end(body);
    });
  }
}

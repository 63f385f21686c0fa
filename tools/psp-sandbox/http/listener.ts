import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { textOf, type Answer, type Call } from './wire.js';
import type { Outcome } from '../faults/faulty-line.js';

const MAX_BODY_BYTES = 1024 * 1024;

/** Registers a watcher that runs when the caller's connection closes before the answer is out. */
export type CallerWatch = (watcher: () => void) => void;

export type CallHandler = (call: Call, onCallerGone: CallerWatch) => Promise<Outcome>;

/** The HTTP server on the loopback interface. */
export class Listener {
  private readonly server: Server;

  constructor(private readonly handle: CallHandler) {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        // A caller that hung up while it was still sending has nobody to answer to.
        if (request.destroyed && !request.complete) return;
        process.stderr.write(
          `psp-sandbox: ${error instanceof Error ? (error.stack ?? error.message) : 'failed'}\n`,
        );
        if (!response.headersSent)
          send(response, { status: 500, body: { error: 'The sandbox itself failed' } });
      });
    });
  }

  /** @returns the port that was bound; rejects when it is taken */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        this.server.off('error', reject);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** Stops at once; calls that are still held lose their connection. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bodyText = await bodyOf(request);
    if (bodyText === null) {
      send(response, { status: 413, body: { error: 'The body is larger than 1 MB' } });
      return;
    }
    const outcome = await this.handle(callOf(request, bodyText), (watcher) => {
      response.once('close', () => {
        if (!response.writableFinished) watcher();
      });
    });
    if (outcome.kind === 'answer') send(response, outcome.answer);
    else if (outcome.kind === 'drop') request.socket.destroy();
    else sendHalf(request, response, outcome.answer, outcome.text);
  }
}

function callOf(request: IncomingMessage, bodyText: string): Call {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    params: {},
    bodyText,
    beforeCommit: () => Promise.resolve(),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(answer: Answer, text: string): Record<string, string> {
  return {
    'content-type': answer.contentType ?? 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
    ...answer.headers,
  };
}

function send(response: ServerResponse, answer: Answer): void {
  const text = textOf(answer);
  response.writeHead(answer.status, headersOf(answer, text));
  response.end(text);
}

function sendHalf(request: IncomingMessage, response: ServerResponse, answer: Answer, text: string): void {
  response.writeHead(answer.status, headersOf(answer, text));
  response.write(text.slice(0, Math.floor(text.length / 2)), () => {
    request.socket.destroy();
  });
}

import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSandbox, type Sandbox, type SandboxOptions } from './index.js';

export const TEST_KEYS = {
  apiKey: 'snd_test_api_key',
  hyperswitchWebhookSecret: 'hyperswitch-webhook-secret',
  stripeSecretKey: 'sk_test_sandbox',
  stripeWebhookSecret: 'whsec_platform',
  stripeConnectWebhookSecret: 'whsec_connect',
};

export const startSandbox = (options: Partial<SandboxOptions> = {}): Promise<Sandbox> =>
  createSandbox({ ...TEST_KEYS, webhookBackoffMs: [20, 20, 20], ...options });

export interface Reply {
  status: number;
  headers: Headers;
  // The specs look into answers of many shapes.
  body: Record<string, unknown>;
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const body = (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}

/** A call as Hyperswitch's clients make it. */
export async function hyperswitch(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  apiKey = TEST_KEYS.apiKey,
): Promise<Reply> {
  const headers = { 'api-key': apiKey, 'content-type': 'application/json' };
  const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  return replyOf(await fetch(url + path, { method, headers, ...init }));
}

/** A call to the sandbox's control API. */
export async function control(url: string, method: string, path: string, body?: unknown): Promise<Reply> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  return replyOf(await fetch(`${url}/_sandbox${path}`, { method, ...init }));
}

/** A call as Stripe's clients make it, below the SDK. */
export async function stripeCall(
  url: string,
  path: string,
  form: Record<string, string> | null,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const authorization = `Bearer ${TEST_KEYS.stripeSecretKey}`;
  const init = form === null ? {} : { method: 'POST', body: new URLSearchParams(form) };
  return replyOf(await fetch(url + path, { ...init, headers: { authorization, ...headers } }));
}

const PAYMENT_ID = 'pay_01j9zv6w3q8k4m2n7r5t1x0ybc';
export const paymentIdOf = (tail: string): string => PAYMENT_ID.slice(0, 30 - tail.length) + tail;
export const refundIdOf = (tail: string): string => paymentIdOf(tail).replace('pay_', 'ref_');

/** A payment that was captured. */
export async function paid(sandbox: Sandbox, tail: string, amount = 2500): Promise<string> {
  const id = paymentIdOf(tail);
  await hyperswitch(sandbox.url, 'POST', '/payments', { payment_id: id, amount, currency: 'EUR' });
  sandbox.succeedPayment(id);
  return id;
}

/** A connected account that can be paid. */
export async function readySeller(sandbox: Sandbox): Promise<string> {
  const form = { type: 'express', country: 'FR', 'capabilities[transfers][requested]': 'true' };
  const { body } = await stripeCall(sandbox.url, '/v1/accounts', form);
  return sandbox.readyAccount(String(body['id'])).id;
}

export interface Delivery {
  body: string;
  headers: IncomingHttpHeaders;
}

/** A real HTTP receiver of webhooks that keeps the exact bytes. */
export class Receiver {
  readonly deliveries: Delivery[] = [];
  /** Statuses of the next answers; 200 once they are used up. */
  readonly answers: number[] = [];
  url = '';
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.deliveries.push({ body: Buffer.concat(chunks).toString('utf8'), headers: request.headers });
        response.writeHead(this.answers.shift() ?? 200).end();
      });
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    this.url = `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook`;
    return this;
  }

  types(): string[] {
    return this.deliveries.map(({ body }) => {
      const event = JSON.parse(body) as { event_type?: string; type?: string };
      return event.event_type ?? event.type ?? '';
    });
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

export interface Reply {
  status: number;
  /** The error code of a refusal. */
  code: string | null;
  // Answers of many shapes: whoever asked knows which.
  data: Record<string, never> & { [name: string]: unknown };
}

interface Envelope {
  data?: Reply['data'];
  error?: { code?: string };
}

const RETRY_MS = 250;
const ANSWER_MS = 8_000;
const IN_FLIGHT = 'IDEMPOTENCY_IN_FLIGHT';

/**
 * A person's application: after a broken connection or a 5xx it asks again with the same Idempotency-Key, until
 * somebody answers.
 */
export class DrillClient {
  /** Requests that had to be sent again. */
  repeats = 0;

  constructor(private readonly url: () => string) {}

  get(path: string, token: string): Promise<Reply> {
    return this.insist(() => this.send('GET', path, { token }));
  }

  post(path: string, body: object, token?: string): Promise<Reply> {
    const key = randomUUID();
    return this.insist(() => this.send('POST', path, { token, body, key }));
  }

  private async insist(ask: () => Promise<Reply>): Promise<Reply> {
    for (;;) {
      const reply = await ask().catch(() => null);
      const isFinal =
        reply !== null && reply.status < 500 && reply.status !== 429 && reply.code !== IN_FLIGHT;
      if (isFinal) return reply;
      this.repeats += 1;
      await pause(RETRY_MS);
    }
  }

  private async send(
    method: string,
    path: string,
    { token, body, key }: { token: string | undefined; body?: object; key?: string },
  ): Promise<Reply> {
    const headers = new Headers();
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (key !== undefined) headers.set('idempotency-key', key);
    const response = await fetch(`${this.url()}/api/v1${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const envelope = (await response.json()) as Envelope;
    return { status: response.status, code: envelope.error?.code ?? null, data: envelope.data ?? {} };
  }
}

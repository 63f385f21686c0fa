import type { IncomingHttpHeaders } from 'node:http';

/** One call as it came in, with its body read. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Parts of the path named by the route, decoded. */
  params: Record<string, string>;
  bodyText: string;
  /** Resolves when a fault that comes before the work lets the call go on. */
  beforeCommit: () => Promise<void>;
}

export interface Answer {
  status: number;
  /** JSON value, or text when `contentType` is given. */
  body: unknown;
  headers?: Record<string, string>;
  contentType?: string;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

/** A refusal in the words of the provider; the router turns it into the answer. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {
    super(`refused with ${String(status)}`);
    this.name = 'Refusal';
  }
}

export const ok = (body: unknown): Answer => ({ status: 200, body });

export const html = (body: string, status = 200): Answer => ({
  status,
  body,
  contentType: 'text/html; charset=utf-8',
});

export const textOf = (answer: Answer): string =>
  answer.contentType === undefined ? JSON.stringify(answer.body) : String(answer.body);

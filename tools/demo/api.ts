import { StoryStopped } from './story-stopped.js';

interface Refusal {
  status: number;
  code: string;
}

interface Envelope {
  data?: unknown;
  error?: { code?: string; message?: string; details?: { message?: string }[] };
}

const TOO_MANY_REQUESTS = 429;

/** The product's API as one person uses it; without a token as a stranger. */
export class Api {
  constructor(
    private readonly baseUrl: string,
    private readonly token?: string,
  ) {}

  /** The same API for somebody who is signed in. */
  as(token: string): Api {
    return new Api(this.baseUrl, token);
  }

  get<Data>(path: string): Promise<Data> {
    return this.ask<Data>('GET', path);
  }

  post<Data>(path: string, body: object, headers: Record<string, string> = {}): Promise<Data> {
    return this.ask<Data>('POST', path, JSON.stringify(body), {
      'content-type': 'application/json',
      ...headers,
    });
  }

  upload<Data>(path: string, form: FormData): Promise<Data> {
    return this.ask<Data>('POST', path, form);
  }

  /** The refusal that a request meets. @throws StoryStopped when it is not refused */
  async getRefusal(path: string): Promise<Refusal> {
    const { response, body } = await this.send('GET', path);
    if (response.ok) throw new StoryStopped(`GET ${path} should have been refused and was answered.`);
    return { status: response.status, code: body.error?.code ?? '' };
  }

  private async ask<Data>(
    method: string,
    path: string,
    payload?: string | FormData,
    headers: Record<string, string> = {},
  ): Promise<Data> {
    const { response, body } = await this.send(method, path, payload, headers);
    if (response.ok) return body.data as Data;
    if (response.status === TOO_MANY_REQUESTS) {
      throw new StoryStopped(
        `${method} ${path} was refused because there were too many of them: wait ${response.headers.get('retry-after') ?? 'some'} seconds, or restart "make run".`,
      );
    }
    const { code = 'without a code', message = '', details = [] } = body.error ?? {};
    const why = new Set([message, ...details.map((detail) => detail.message ?? '')]);
    why.delete('');
    throw new StoryStopped(
      `${method} ${path} was refused with ${String(response.status)} ${code}: ${[...why].join('; ')}`,
    );
  }

  private async send(
    method: string,
    path: string,
    payload?: string | FormData,
    headers: Record<string, string> = {},
  ): Promise<{ response: Response; body: Envelope }> {
    const headersToSend = new Headers(headers);
    if (this.token !== undefined) headersToSend.set('authorization', `Bearer ${this.token}`);
    const init: RequestInit = { method, headers: headersToSend };
    if (payload !== undefined) init.body = payload;
    try {
      const response = await fetch(`${this.baseUrl}/api/v1${path}`, init);
      return { response, body: (await response.json().catch(() => ({}))) as Envelope };
    } catch (error) {
      throw new StoryStopped(`The server at ${this.baseUrl} does not answer ${method} ${path}.`, {
        cause: error,
      });
    }
  }
}

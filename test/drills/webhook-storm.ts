import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { EventRow } from '../../tools/psp-sandbox/index.js';
import { shuffled } from '../property/shuffle.js';
import { SECRETS } from './drill-world.js';

/** One delivery as it goes over the wire. */
export interface Delivery {
  path: string;
  body: string;
  headers: Record<string, string>;
}

/** How a storm was received. */
export interface StormResult {
  seconds: number;
  /** Answers by status; a broken connection counts as 0. */
  statuses: Record<string, number>;
}

const DUPLICATES = 1 / 3;

/**
 * A storm of `size` signed deliveries about `events`, in random order. A third are the same bytes again; the others
 * each have an event id of their own, so that the inbox takes them all and only the reducers can know them.
 */
export function stormOf(events: readonly EventRow[], size: number, seed: number): Delivery[] {
  const different = Math.ceil(size * (1 - DUPLICATES));
  const first = Array.from({ length: different }, (_, index) => {
    const event = events[index % events.length]!;
    return index < events.length ? deliveryOf(event, event.body) : deliveryOf(event, renamed(event));
  });
  const again = Array.from({ length: size - different }, (_, index) => first[index % first.length]!);
  return shuffled([...first, ...again], seed);
}

/** Delivers everything over `connections` kept-alive connections, each one delivery after the other. */
export async function unleash(
  url: string,
  deliveries: readonly Delivery[],
  connections: number,
): Promise<StormResult> {
  const statuses: Record<string, number> = {};
  const waiting = [...deliveries].reverse();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const status = String(await post(url, next, agent));
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
      agent.destroy();
    }),
  );
  return { seconds: (performance.now() - began) / 1_000, statuses };
}

/** The same news under another event id: a second event of the provider about one thing. */
function renamed({ endpoint, body }: EventRow): string {
  const payload = JSON.parse(body) as Record<string, unknown>;
  const id = `evt_${randomUUID().replaceAll('-', '')}`;
  return JSON.stringify({ ...payload, [endpoint === 'hyperswitch' ? 'event_id' : 'id']: id });
}

function deliveryOf({ endpoint }: EventRow, body: string): Delivery {
  const type = { 'content-type': 'application/json' };
  if (endpoint === 'hyperswitch') {
    const signature = createHmac('sha512', SECRETS.hyperswitchWebhookSecret).update(body).digest('hex');
    return {
      path: '/api/v1/webhooks/hyperswitch',
      body,
      headers: { ...type, 'x-webhook-signature-512': signature },
    };
  }
  const secret = endpoint === 'stripe' ? SECRETS.stripeWebhookSecret : SECRETS.stripeConnectWebhookSecret;
  const at = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return {
    path: '/api/v1/webhooks/stripe',
    body,
    headers: { ...type, 'stripe-signature': `t=${at},v1=${signature}` },
  };
}

function post(url: string, { path, body, headers }: Delivery, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(
      `${url}${path}`,
      { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (answer) => {
        answer.resume().once('end', () => {
          resolve(answer.statusCode ?? 0);
        });
      },
    );
    sent.once('error', () => {
      resolve(0);
    });
    sent.end(body);
  });
}

import type { EventRow } from '../books/rows.js';
import type { CallFault, FaultOrder, WebhookFault } from './fault-orders.js';

interface Standing<Order> {
  id: number;
  order: Order;
  remaining: number;
  toPass: number;
}

/** A fault that is still in force, as the control API lists it. */
export interface StandingFault {
  id: number;
  order: FaultOrder;
  remaining: number;
}

/** Keeps the ordered faults and hands each out as often as it was ordered, oldest first. */
export class FaultDesk {
  private nextId = 1;
  private calls: Standing<CallFault>[] = [];
  private webhooks: Standing<WebhookFault>[] = [];

  order(order: FaultOrder): number {
    const id = this.nextId++;
    const times = order.times ?? 1;
    if ('webhook' in order) this.webhooks.push({ id, order, remaining: times, toPass: 0 });
    else this.calls.push({ id, order, remaining: times, toPass: order.after ?? 0 });
    return id;
  }

  takeForCall(method: string, target: string, bodyText: string): CallFault | null {
    const standing = this.calls.find(({ order: { match } }) => {
      const isMethod = match?.method === undefined || match.method.toUpperCase() === method;
      const isPath = match?.path === undefined || new RegExp(match.path).test(target);
      return isMethod && isPath && (match?.body === undefined || new RegExp(match.body).test(bodyText));
    });
    return this.take(standing);
  }

  takeForEvent(event: EventRow): WebhookFault | null {
    const standing = this.webhooks.find(({ order: { match } }) => {
      const isEndpoint = match?.endpoint === undefined || match.endpoint === event.endpoint;
      return isEndpoint && (match?.type === undefined || new RegExp(match.type).test(event.type));
    });
    return this.take(standing);
  }

  standing(): StandingFault[] {
    return [...this.calls, ...this.webhooks].map(({ id, order, remaining }) => ({ id, order, remaining }));
  }

  clear(): void {
    this.calls = [];
    this.webhooks = [];
  }

  private take<Order extends FaultOrder>(standing: Standing<Order> | undefined): Order | null {
    if (!standing) return null;
    if (standing.toPass > 0) {
      standing.toPass -= 1;
      return null;
    }
    standing.remaining -= 1;
    this.calls = this.calls.filter((one) => one.remaining > 0);
    this.webhooks = this.webhooks.filter((one) => one.remaining > 0);
    return standing.order;
  }
}

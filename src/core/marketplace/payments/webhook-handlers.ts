import { Injectable } from '@nestjs/common';
import type { ProviderEventHandler, ProviderEventKind } from './provider-event.js';

/**
 * Where the owners of payments, refunds, accounts and transfers hang in the handler of their event kind, so
 * that the inbox imports none of them (architecture.md).
 */
@Injectable()
export class WebhookHandlers {
  private readonly handlers = new Map<ProviderEventKind, ProviderEventHandler>();

  /** Sets the one handler of a kind; a second one is a wiring mistake. */
  register(kind: ProviderEventKind, handler: ProviderEventHandler): void {
    if (this.handlers.has(kind)) throw new Error(`Two handlers for ${kind} events`);
    this.handlers.set(kind, handler);
  }

  /** The handler of a kind; null when nobody cares. */
  find(kind: ProviderEventKind): ProviderEventHandler | null {
    return this.handlers.get(kind) ?? null;
  }
}

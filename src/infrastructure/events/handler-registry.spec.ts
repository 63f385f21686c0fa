import { OutboxHandler, handlersOf, type EventHandler } from './event-handler.js';
import type { EventDefinition } from './event-definition.js';
import { bindHandlers, type BoundHandler } from './handler-registry.js';

interface Payload {
  amountMinor: number;
}

const event = (type: string, ...handlers: string[]): EventDefinition<Payload> => ({ type, handlers });

function bound(definition: EventDefinition<Payload>, name: string): BoundHandler {
  @OutboxHandler(definition, name)
  class Handler implements EventHandler<Payload> {
    handle(): Promise<void> {
      return Promise.resolve();
    }
  }
  const [metadata] = handlersOf(Handler);
  if (!metadata) throw new Error('The decorator left nothing');
  return { ...metadata, handler: new Handler() };
}

describe('the boot check of events and handlers', () => {
  const paid = event('order.paid', 'payouts.open', 'mail.receipt');

  it('accepts events whose handlers all exist exactly once', () => {
    const handlers = bindHandlers([paid], [bound(paid, 'payouts.open'), bound(paid, 'mail.receipt')]);
    expect([...handlers.keys()]).toEqual(['payouts.open', 'mail.receipt']);
  });

  it('refuses an event that names no handler', () => {
    expect(() => bindHandlers([event('order.seen')], [])).toThrow('The event "order.seen" names no handler.');
  });

  it('refuses an event whose handler does not exist', () => {
    expect(() => bindHandlers([paid], [bound(paid, 'payouts.open')])).toThrow(
      'The event "order.paid" names the handler "mail.receipt", which does not exist for it.',
    );
  });

  it('refuses a handler that exists for another event only', () => {
    const other = event('order.lost', 'x');
    const handlers = [bound(paid, 'payouts.open'), bound(other, 'mail.receipt'), bound(other, 'x')];
    expect(() => bindHandlers([paid, other], handlers)).toThrow(
      '"mail.receipt", which does not exist for it',
    );
  });

  it('refuses a handler that no event names', () => {
    const handlers = [bound(paid, 'payouts.open'), bound(paid, 'mail.receipt'), bound(paid, 'search.index')];
    expect(() => bindHandlers([paid], handlers)).toThrow(
      'The handler "search.index" is not named by the event "order.paid".',
    );
  });

  it('refuses two handlers of one name', () => {
    const handlers = [bound(paid, 'payouts.open'), bound(paid, 'mail.receipt'), bound(paid, 'mail.receipt')];
    expect(() => bindHandlers([paid], handlers)).toThrow('Two handlers have the name "mail.receipt".');
  });

  it('refuses two events of one type', () => {
    const twice = event('order.paid', 'payouts.open', 'mail.receipt');
    const handlers = [bound(paid, 'payouts.open'), bound(paid, 'mail.receipt')];
    expect(() => bindHandlers([paid, twice], handlers)).toThrow('Two events have the type "order.paid".');
  });

  it('tells every problem at once', () => {
    expect(() => bindHandlers([event('a.b'), event('c.d', 'e')], [])).toThrow(/"a\.b" names no handler.*"e"/);
  });
});

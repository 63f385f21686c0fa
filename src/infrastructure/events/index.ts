export { defineEvent, declaredEvents, type EventDefinition } from './event-definition.js';
export {
  OutboxHandler,
  LANES,
  type DeliveredEvent,
  type EventHandler,
  type Lane,
  type OutboxHandlerOptions,
} from './event-handler.js';
export { DeadLetter, RetryLater } from './delivery-signals.js';
export { OutboxWriter } from './outbox-writer.js';
export {
  OutboxInspector,
  type DeadDelivery,
  type OutboxCounts,
  type RecordedEvent,
} from './outbox-inspector.repository.js';
export { PostgresListener, type Subscription } from './postgres-listener.js';
export { EventsModule } from './events.module.js';

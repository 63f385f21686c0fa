import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { DeliveryRunner } from './delivery-runner.js';
import { HandlerRegistry } from './handler-registry.js';
import { OutboxRetentionJob } from './jobs/outbox-retention.job.js';
import { OutboxDispatcher } from './outbox-dispatcher.js';
import { OutboxInspector } from './outbox-inspector.repository.js';
import { OutboxWriter } from './outbox-writer.js';
import { OutboxRepository } from './outbox.repository.js';
import { PostgresListener } from './postgres-listener.js';
import { OutboxWakeUp } from './wake-up.js';

/** The outbox: written in business transactions, delivered at least once by every working process. */
@Global()
@Module({
  imports: [DiscoveryModule, EventEmitterModule.forRoot()],
  providers: [
    OutboxRepository,
    OutboxWriter,
    OutboxInspector,
    HandlerRegistry,
    DeliveryRunner,
    OutboxDispatcher,
    PostgresListener,
    OutboxWakeUp,
    OutboxRetentionJob,
  ],
  exports: [OutboxWriter, OutboxInspector, PostgresListener],
})
export class EventsModule {}

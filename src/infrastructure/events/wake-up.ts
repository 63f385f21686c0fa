import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { AppConfig } from '../config/index.js';
import { OUTBOX_CHANNEL } from './outbox.repository.js';
import { PostgresListener } from './postgres-listener.js';

/** Emitted inside the process when the outbox may hold something new; nothing depends on it. */
export const OUTBOX_WAKE = 'outbox.wake';

/** Turns the notification that leaves with a commit into a wake-up inside this process. */
@Injectable()
export class OutboxWakeUp implements OnApplicationBootstrap {
  constructor(
    private readonly config: AppConfig,
    private readonly listener: PostgresListener,
    private readonly emitter: EventEmitter2,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.get('PROCESS_ROLE') === 'api') return;
    const wake = (): void => void this.emitter.emit(OUTBOX_WAKE);
    this.listener.subscribe(OUTBOX_CHANNEL, { onNotification: wake, onConnected: wake });
  }
}

import { DeadLetter, OutboxHandler, type DeliveredEvent, type EventHandler } from '../events/index.js';
import { MailRenderer, type RenderedMail } from './mail-renderer.js';
import { MailRefused, MailTransport } from './mail-transport.js';
import { mailRequested, type MailRequest } from './mail.events.js';

/** Sends what waits in the outbox; for about a day when the mail server is away. */
@OutboxHandler(mailRequested, 'mail.send', {
  lane: 'mail',
  maxAttempts: 30,
  backoff: [5, 30, 120, 600, 3_600],
})
export class SendMailHandler implements EventHandler<MailRequest> {
  constructor(
    private readonly renderer: MailRenderer,
    private readonly transport: MailTransport,
  ) {}

  async handle({ id, payload, occurredAt }: DeliveredEvent<MailRequest>): Promise<void> {
    const rendered = this.render(payload);
    try {
      await this.transport.send({ id, to: payload.to, date: occurredAt, ...rendered });
    } catch (error) {
      if (error instanceof MailRefused) throw new DeadLetter(error.message);
      throw error;
    }
  }

  /** What cannot be rendered now cannot be rendered later either. */
  private render({ template, language, data }: MailRequest): RenderedMail {
    try {
      return this.renderer.render(template, language, data);
    } catch (error) {
      throw new DeadLetter(`The mail cannot be rendered: ${String(error)}`);
    }
  }
}

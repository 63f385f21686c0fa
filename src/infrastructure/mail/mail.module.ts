import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import { FileMailTransport } from './file-mail-transport.js';
import { MailOutbox } from './mail-outbox.js';
import { MailRenderer } from './mail-renderer.js';
import { MailTransport } from './mail-transport.js';
import { SendMailHandler } from './send-mail.handler.js';
import { SmtpMailTransport } from './smtp-mail-transport.js';

/** Mails: asked for in a transaction, sent from the outbox. */
@Global()
@Module({
  providers: [
    MailOutbox,
    MailRenderer,
    SendMailHandler,
    {
      provide: MailTransport,
      inject: [AppConfig],
      useFactory: (config: AppConfig): MailTransport =>
        config.get('SMTP_HOST') === undefined ? new FileMailTransport(config) : new SmtpMailTransport(config),
    },
  ],
  exports: [MailOutbox],
})
export class MailModule {}

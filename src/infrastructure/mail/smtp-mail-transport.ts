import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js';
import { AppConfig } from '../config/index.js';
import { messageOf } from './mail-message.js';
import { MailRefused, MailTransport, type OutgoingMail } from './mail-transport.js';

const IMPLICIT_TLS_PORT = 465;
const TIMEOUT_MS = 10_000;

/** Sends through the mail server of SMTP_HOST. */
@Injectable()
export class SmtpMailTransport extends MailTransport implements OnApplicationShutdown {
  private readonly transporter: Transporter<SMTPPool.SentMessageInfo>;

  constructor(private readonly config: AppConfig) {
    super();
    const tls = config.get('SMTP_TLS');
    const port = config.get('SMTP_PORT');
    const user = config.get('SMTP_USERNAME');
    this.transporter = createTransport({
      pool: true,
      maxConnections: 2,
      host: config.get('SMTP_HOST'),
      port,
      secure: port === IMPLICIT_TLS_PORT && tls !== 'never',
      requireTLS: tls === 'always',
      ignoreTLS: tls === 'never',
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS * 3,
      ...(user === undefined ? {} : { auth: { user, pass: config.get('SMTP_PASSWORD') ?? '' } }),
    });
  }

  async send(mail: OutgoingMail): Promise<void> {
    try {
      await this.transporter.sendMail(messageOf(mail, this.config));
    } catch (error) {
      if (isRefusedForGood(error))
        throw new MailRefused('The mail server refuses the address', { cause: error });
      throw error;
    }
  }

  onApplicationShutdown(): void {
    this.transporter.close();
  }
}

/** A 5xx answer to the envelope; a wrong password of ours or a full server may be put right. */
function isRefusedForGood(error: unknown): boolean {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return code === 'EENVELOPE' && typeof responseCode === 'number' && responseCode >= 500;
}

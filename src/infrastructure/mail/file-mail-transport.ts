import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { AppConfig } from '../config/index.js';
import { messageOf } from './mail-message.js';
import { MailTransport, type OutgoingMail } from './mail-transport.js';

/** Without SMTP_HOST: writes each mail to MAIL_DIR as a file that mail programs open. It reaches nobody. */
@Injectable()
export class FileMailTransport extends MailTransport {
  private readonly logger = new Logger('Mail');
  private readonly composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(private readonly config: AppConfig) {
    super();
  }

  async send(mail: OutgoingMail): Promise<void> {
    const { message } = await this.composer.sendMail(messageOf(mail, this.config));
    const folder = this.config.pathOf('MAIL_DIR');
    const file = join(folder, `${mail.id}.eml`);
    await mkdir(folder, { recursive: true });
    await writeFile(`${file}.tmp`, message as Buffer, { mode: 0o600 });
    await rename(`${file}.tmp`, file);
    this.logger.log({ message: 'Mail written to a file', subject: mail.subject, file });
  }
}

import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids/index.js';
import { Propagation, Transactional } from '../database/index.js';
import { OutboxWriter } from '../events/index.js';
import { redactFields } from '../logging/index.js';
import { languageOf, type MailTemplateName, type MailTemplates } from './mail-template.js';
import { mailRequested } from './mail.events.js';

/** A mail that the business wants to be sent. */
export interface MailToSend<Template extends MailTemplateName> {
  to: string;
  template: Template;
  /** Language tag of the recipient; unknown and absent ones get English. */
  locale: string | null | undefined;
  /** Stored until the mail is sent, so it may hold no secret. */
  data: MailTemplates[Template];
}

/** The one way to send a mail: with the commit of the caller's transaction, or not at all. */
@Injectable()
export class MailOutbox {
  constructor(private readonly outbox: OutboxWriter) {}

  /**
   * @returns the id of the mail, which is in its Message-ID
   * @throws when no transaction is open, or when a field of the data looks secret
   */
  @Transactional(Propagation.Mandatory)
  async send<Template extends MailTemplateName>(mail: MailToSend<Template>): Promise<string> {
    const { to, template, locale, data } = mail;
    if (!isDeepStrictEqual(redactFields(data), data)) {
      throw new Error(`The data of the mail "${template}" hold a secret, which may not be stored`);
    }
    return this.outbox.append(mailRequested, {
      aggregateId: `mail:${newId()}`,
      payload: { to, template, language: languageOf(locale), data },
    });
  }
}

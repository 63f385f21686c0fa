import { defineEvent } from '../events/index.js';
import type { MailLanguage } from './mail-template.js';

/** A mail as it waits in the outbox. */
export interface MailRequest {
  to: string;
  template: string;
  language: MailLanguage;
  data: object;
}

/** Somebody is to get a mail. */
export const mailRequested = defineEvent<MailRequest>({ type: 'mail.requested', handlers: ['mail.send'] });

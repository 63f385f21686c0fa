/** A mail that is ready to leave. */
export interface OutgoingMail {
  /** The id of its event: an attempt that is repeated is the same mail again. */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** When it was asked for. */
  date: Date;
}

/** How mails leave: SMTP, or files in development. */
export abstract class MailTransport {
  /**
   * Hands one mail over.
   * @throws MailRefused when no further attempt can help; anything else is tried again
   */
  abstract send(mail: OutgoingMail): Promise<void>;
}

/** The mail server will never take this mail, for example because the mailbox does not exist. */
export class MailRefused extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'MailRefused';
  }
}

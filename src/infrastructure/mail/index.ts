export { MailModule } from './mail.module.js';
export { MailOutbox, type MailToSend } from './mail-outbox.js';
export {
  MAIL_LANGUAGES,
  MAIL_TEMPLATES,
  type MailTemplateName,
  type MailTemplates,
  type ReceiptMailData,
} from './mail-template.js';

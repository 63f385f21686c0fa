import type { SendMailOptions } from 'nodemailer';
import type { AppConfig } from '../config/index.js';
import type { OutgoingMail } from './mail-transport.js';

/** The mail as nodemailer takes it; its Message-ID is the same in every attempt. */
export function messageOf(mail: OutgoingMail, config: AppConfig): SendMailOptions {
  const address = config.get('SMTP_FROM');
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return {
    from: { name: config.get('SMTP_FROM_NAME'), address },
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    date: mail.date,
    messageId: `<${mail.id}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

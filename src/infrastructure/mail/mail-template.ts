/** A line of a receipt. Amounts are minor units of the mail's currency. */
export interface ReceiptLine {
  title: string;
  amount_minor: number;
}

interface RefundMailData {
  name: string;
  order_id: string;
  amount_minor: number;
  currency: string;
}

/** What each template needs; nothing in it may be secret, because it is stored in the outbox. */
export interface MailTemplates {
  welcome: { name: string };
  receipt: { name: string; order_id: string; items: ReceiptLine[]; total_minor: number; currency: string };
  'refund-succeeded': RefundMailData;
  'refund-failed': RefundMailData;
}

export type MailTemplateName = keyof MailTemplates;

export const MAIL_TEMPLATES: readonly MailTemplateName[] = [
  'welcome',
  'receipt',
  'refund-succeeded',
  'refund-failed',
];

/** Languages that every template is written in; the first one stands in for all others. */
export const MAIL_LANGUAGES = ['en', 'fr'] as const;
export type MailLanguage = (typeof MAIL_LANGUAGES)[number];

/** The language of a mail for a locale such as `fr-CA`. */
export function languageOf(locale: string | null | undefined): MailLanguage {
  const language = locale?.toLowerCase().split(/[-_]/)[0];
  return MAIL_LANGUAGES.find((known) => known === language) ?? MAIL_LANGUAGES[0];
}

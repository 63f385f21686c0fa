/** A line of a receipt; `amount_minor` is what was paid: the list price without the discount. */
export interface ReceiptLine {
  title: string;
  list_minor: number;
  discount_minor: number;
  amount_minor: number;
  license_number: string;
  verify_url: string;
}

/** A receipt. Amounts are minor units of its currency, moments ISO 8601. */
export interface ReceiptMailData {
  name: string;
  order_id: string;
  paid_at: string;
  items: ReceiptLine[];
  total_minor: number;
  currency: string;
  /** True when nothing was to be paid. */
  is_free: boolean;
  /** Until when the money can be asked back; null when there is none to ask for. */
  refund_deadline: string | null;
}

interface RefundMailData {
  name: string;
  order_id: string;
  amount_minor: number;
  currency: string;
  /** True for less than all that was paid. */
  is_partial: boolean;
}

/** What each template needs; nothing in it may be secret, because it is stored in the outbox. */
export interface MailTemplates {
  welcome: { name: string };
  receipt: ReceiptMailData;
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

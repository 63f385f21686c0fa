import { parseConfig } from '../config/index.js';
import { MailRenderer } from './mail-renderer.js';
import { MAIL_LANGUAGES, MAIL_TEMPLATES, languageOf, type MailTemplates } from './mail-template.js';

const refund = { name: 'Amélie', order_id: 'ord_1', amount_minor: 1_250, currency: 'EUR', is_partial: true };
const samples: MailTemplates = {
  welcome: { name: 'Amélie' },
  receipt: {
    name: 'Amélie',
    order_id: 'ord_1',
    paid_at: '2026-11-20T13:05:00.000Z',
    items: [
      {
        title: 'Night Drive',
        list_minor: 1_200,
        discount_minor: 200,
        amount_minor: 1_000,
        license_number: 'VZ-0000-0000-0000',
        verify_url: 'https://api.example.com/api/v1/licenses/verify/VZ-0000-0000-0000',
      },
      {
        title: 'Rain & Rust',
        list_minor: 250,
        discount_minor: 0,
        amount_minor: 250,
        license_number: 'VZ-0000-0000-001Y',
        verify_url: 'https://api.example.com/api/v1/licenses/verify/VZ-0000-0000-001Y',
      },
    ],
    total_minor: 1_250,
    currency: 'EUR',
    is_free: false,
    refund_deadline: '2026-12-04T13:05:00.000Z',
  },
  'refund-succeeded': refund,
  'refund-failed': refund,
};

describe('mail templates', () => {
  const config = parseConfig({
    APP_ENV: 'test',
    DATABASE_URL: 'postgres://localhost/none',
    JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
    PUBLIC_APP_URL: 'https://app.example.com',
  });
  const renderer = new MailRenderer(config);
  renderer.onModuleInit();

  describe.each(MAIL_TEMPLATES)('%s', (template) => {
    it.each(MAIL_LANGUAGES)('reads the same in %s as it did', (language) => {
      const { subject, text, html } = renderer.render(template, language, samples[template]);
      expect(`Subject: ${subject}\n\n${text}\n${html}`).toMatchSnapshot();
    });
  });

  it('escapes what people wrote, in HTML only', () => {
    const { text, html, subject } = renderer.render('welcome', 'en', { name: '<script>alert("x")</script>' });
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;');
    expect(text).toContain('<script>alert("x")</script>');
    expect(subject).toBe('Welcome to Veza');
  });

  it('lets nobody add a header through the subject line', () => {
    const { subject } = renderer.render('receipt', 'en', {
      ...samples.receipt,
      order_id: 'x\r\nBcc: all@example.com',
    });
    expect(subject).toBe('Your receipt for order x Bcc: all@example.com');
  });

  it('writes amounts in the way of the language and the currency', () => {
    const amountIn = (language: 'en' | 'fr', currency: string): string =>
      renderer.render('refund-failed', language, { ...refund, currency }).text.replace(/\s/g, ' ');
    expect(amountIn('en', 'EUR')).toContain('€12.50');
    expect(amountIn('fr', 'EUR')).toContain('12,50 €');
    expect(amountIn('en', 'JPY')).toContain('¥1,250');
  });

  it('says of a free order that nothing was to be paid, and offers no refund', () => {
    const free = { ...samples.receipt, total_minor: 0, is_free: true, refund_deadline: null };
    const { subject, text, html } = renderer.render('receipt', 'en', free);
    expect(subject).toBe('Your order ord_1');
    for (const body of [text, html]) {
      expect(body).toContain('Nothing was to be paid');
      expect(body).not.toMatch(/refund|was paid|receipt/i);
      expect(body).toContain('VZ-0000-0000-0000');
    }
  });

  it('says whether a refund gives all back', () => {
    const whole = renderer.render('refund-succeeded', 'en', { ...refund, is_partial: false });
    for (const body of [whole.text, whole.html]) expect(body).toContain('all that you paid');
    const part = renderer.render('refund-succeeded', 'en', refund);
    for (const body of [part.text, part.html]) expect(body).toContain('a part of what you paid');
  });

  it('refuses to write a mail with a gap', () => {
    expect(() => renderer.render('welcome', 'en', {})).toThrow(/"name" not defined/);
    expect(() => renderer.render('unknown', 'en', {})).toThrow('There is no mail template "unknown"');
  });

  it.each([
    ['fr', 'fr'],
    ['fr-CA', 'fr'],
    ['FR_fr', 'fr'],
    ['en-GB', 'en'],
    ['de', 'en'],
    ['', 'en'],
    [null, 'en'],
  ])('writes to somebody with the locale %p in %s', (locale, language) => {
    expect(languageOf(locale)).toBe(language);
  });
});

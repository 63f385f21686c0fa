import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import Handlebars, { type TemplateDelegate } from 'handlebars';
import { formatMoney } from '../../common/money/index.js';
import { AppConfig } from '../config/index.js';
import { MAIL_LANGUAGES, MAIL_TEMPLATES, type MailLanguage } from './mail-template.js';

/** The parts of a mail that its template makes. */
export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

interface CompiledTemplate {
  subject: TemplateDelegate;
  text: TemplateDelegate;
  html: TemplateDelegate;
}

const SUBJECT = /^Subject: (.+)\n\n/;

/** Fills the templates of `templates/email`; a value that a template names and the data lack is an error. */
@Injectable()
export class MailRenderer implements OnModuleInit {
  private readonly templates = new Map<string, CompiledTemplate>();
  private readonly handlebars = Handlebars.create();
  private layout: TemplateDelegate;

  constructor(private readonly config: AppConfig) {
    this.handlebars.registerHelper('money', moneyHelper);
    this.handlebars.registerHelper('moment', momentHelper);
  }

  /** Reads every template in every language. @throws when one is missing, so that the boot fails */
  onModuleInit(): void {
    this.layout = this.compile(this.read('layout.html.hbs'), false);
    for (const language of MAIL_LANGUAGES) {
      for (const template of MAIL_TEMPLATES) {
        const text = this.read(join(language, `${template}.text.hbs`));
        const subject = SUBJECT.exec(text)?.[1];
        if (subject === undefined)
          throw new Error(`The mail template ${language}/${template} has no subject line`);
        this.templates.set(`${language}/${template}`, {
          subject: this.compile(subject, true),
          text: this.compile(text.replace(SUBJECT, ''), true),
          html: this.compile(this.read(join(language, `${template}.html.hbs`)), false),
        });
      }
    }
  }

  /** @throws Error when the template is unknown or a value is missing */
  render(template: string, language: MailLanguage, data: object): RenderedMail {
    const compiled = this.templates.get(`${language}/${template}`);
    if (!compiled) throw new Error(`There is no mail template "${template}"`);
    const appUrl = this.config.publicAppUrl;
    const values = { ...data, appUrl };
    const runtime = { data: { language } };
    const subject = compiled.subject(values, runtime).replace(/\s+/g, ' ').trim();
    const content = compiled.html(values, runtime).trim();
    return {
      subject,
      text: compiled.text(values, runtime),
      html: this.layout({ subject, content, appUrl, language }),
    };
  }

  private compile(source: string, isPlainText: boolean): TemplateDelegate {
    return this.handlebars.compile(source, { strict: true, noEscape: isPlainText });
  }

  private read(file: string): string {
    return readFileSync(join(this.config.projectRoot, 'templates', 'email', file), 'utf8');
  }
}

/** `{{money amount_minor currency}}`: the amount as the language of the mail writes it. */
function moneyHelper(amountMinor: number, currency: string, { data }: Handlebars.HelperOptions): string {
  return formatMoney(amountMinor, currency, (data as { language: MailLanguage }).language);
}

/** `{{moment iso}}`: a moment as the language of the mail writes it, in UTC. */
function momentHelper(moment: string, { data }: Handlebars.HelperOptions): string {
  const { language } = data as { language: MailLanguage };
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${format.format(new Date(moment))} UTC`;
}

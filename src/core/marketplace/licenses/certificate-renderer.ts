import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import PDFDocument from 'pdfkit';
import { AppConfig } from '../../../infrastructure/config/index.js';
import {
  type CertificateFact,
  type CertificateNames,
  saleFactsOf,
  termFactsOf,
} from './certificate-facts.js';
import type { License } from './license.types.js';

const MARGIN = 56;
const LABEL_WIDTH = 150;
const INK = '#1c1c22';
const PALE_INK = '#6b6b76';

/** Draws certificates. Its fonts are embedded, because the standard fonts of PDF know Latin letters only. */
@Injectable()
export class CertificateRenderer implements OnModuleInit {
  private regular: Buffer;
  private bold: Buffer;

  constructor(private readonly config: AppConfig) {}

  /** Reads the fonts once. @throws when one is missing, so that the boot fails */
  onModuleInit(): void {
    const { resolve } = createRequire(join(this.config.projectRoot, 'package.json'));
    this.regular = readFileSync(resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
    this.bold = readFileSync(resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'));
  }

  /** The certificate as a stream of a PDF. */
  render(license: License, names: CertificateNames): Readable {
    const page = new PDFDocument({
      size: 'A4',
      margin: MARGIN,
      font: this.regular as unknown as string,
      info: {
        Title: `License ${license.number}`,
        Author: 'Veza',
        CreationDate: license.createdAt,
        ModDate: license.createdAt,
      },
    });
    page.registerFont('regular', this.regular).registerFont('bold', this.bold);
    page.font('regular');
    const legible = legibleIn(page);
    page.fontSize(11).fillColor(PALE_INK).text('Veza');
    page.moveDown(0.5).font('bold').fontSize(22).fillColor(INK).text('License certificate');
    page.moveDown(0.3).fontSize(14).text(license.number);
    writeFacts(page, saleFactsOf(license, names), legible);
    if (license.terms !== null) {
      page.moveDown(1.2).font('bold').fontSize(13).fillColor(INK).text('This license includes', MARGIN);
      writeFacts(page, termFactsOf(license.terms), legible);
    }
    page.end();
    return page;
  }
}

/** A table of two columns; a long value wraps and may run on to another page. */
function writeFacts(
  page: PDFKit.PDFDocument,
  facts: readonly CertificateFact[],
  legible: (text: string) => string,
): void {
  page.moveDown(0.6).fontSize(10);
  for (const [label, value] of facts) {
    const bottom = page.page.height - MARGIN;
    if (page.y + page.currentLineHeight() > bottom) page.addPage();
    const top = page.y;
    page
      .font('regular')
      .fillColor(PALE_INK)
      .text(label, MARGIN, top, { width: LABEL_WIDTH, lineBreak: false });
    page
      .fillColor(INK)
      .text(legible(value), MARGIN + LABEL_WIDTH, top, { width: page.page.width - 2 * MARGIN - LABEL_WIDTH });
    page.moveDown(0.35);
  }
}

/** What pdfkit holds of the current font; its types do not name it. */
interface FontInUse {
  _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } };
}

/**
 * Writes what the current font cannot draw, such as Han and emoji, as code points: `[U+65E5]` says which character
 * it is, where the empty box of the font would say the same of all.
 */
function legibleIn(page: PDFKit.PDFDocument): (text: string) => string {
  const { font } = (page as unknown as FontInUse)._font;
  const legible = (character: string): string => {
    const codePoint = character.codePointAt(0) ?? 0;
    if (/\p{Default_Ignorable_Code_Point}/u.test(character)) return '';
    if (/\s|\p{Cc}/u.test(character)) return ' ';
    if (font.hasGlyphForCodePoint(codePoint)) return character;
    return `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`;
  };
  return (text) => [...text].map(legible).join('');
}

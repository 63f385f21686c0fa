import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a reader finds in a PDF; line breaks are spaces in `text`. */
export interface PdfContent {
  pages: number;
  text: string;
  title: string;
}

/** Reads a PDF back. @throws when it is none */
export async function readPdf(pdf: Buffer): Promise<PdfContent> {
  const reader = spawn(process.execPath, [join(__dirname, 'read-pdf.mjs')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  reader.stdin.end(pdf);
  const [output, errors] = await Promise.all([text(reader.stdout), text(reader.stderr)]);
  if (output === '') throw new Error(`No PDF: ${errors}`);
  const content = JSON.parse(output) as PdfContent;
  return { ...content, text: content.text.replace(/\s+/g, ' ') };
}

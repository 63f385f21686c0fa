// Reads a PDF from standard input with a reader of its own (pdf.js) and prints what it says. A process of its own,
// because the reader is an ES module and the tests run as CommonJS.
import { buffer } from 'node:stream/consumers';
import { extractText, getDocumentProxy } from 'unpdf';

const pdf = await getDocumentProxy(new Uint8Array(await buffer(process.stdin)));
const { totalPages, text } = await extractText(pdf, { mergePages: true });
const { info } = await pdf.getMetadata();
process.stdout.write(JSON.stringify({ pages: totalPages, text, title: info.Title }));

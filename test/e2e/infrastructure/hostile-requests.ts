import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { resolve } from 'node:path';

/** A row of docs/routes.md. */
export interface Route {
  method: string;
  path: string;
  access: string;
}

/** Every route that the product has. */
export const ROUTES: readonly Route[] = readFileSync(resolve(__dirname, '../../../docs/routes.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, method, path, access] = /^\| ([A-Z]+) \| `([^`]+)` \| ([^|]+) \|/.exec(line) ?? [];
    return method === undefined || path === undefined || access === undefined
      ? []
      : [{ method, path, access }];
  });

/** What came back. */
export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
}

/** A request as it is written, which supertest would tidy up. */
export interface HostileRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

/** Sends over a connection of its own and reads to the end. */
export function send(port: number, { method, path, headers, body }: HostileRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      headers: { ...length, ...headers },
    });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends bytes that no HTTP client would. @returns what the server wrote before it hung up */
export function sendRaw(port: number, bytes: string): Promise<Answer> {
  return new Promise((resolve) => {
    let all = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (all += String(chunk)));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      const [head = '', text = ''] = all.split('\r\n\r\n');
      const [line = '', ...fields] = head.split('\r\n');
      const headers = Object.fromEntries(
        fields.map((field) => [field.split(': ')[0]?.toLowerCase(), field.split(': ')[1]]),
      );
      resolve({ status: Number(line.split(' ')[1]), headers, text });
    });
  });
}

/** Words of the machinery, which are nobody's business outside. */
const INSIDES =
  /node_modules|\bat \S+ \(|\.[jt]s:\d+|[Ff]astify|FST_|HPE_|Nest|[Tt]ypeORM|QueryFailed|[Pp]ostgres|SELECT |class-validator|Unexpected|at position|SyntaxError|[a-z]Exception/;

/** What is wrong with an error answer, in words; empty when it has the one error shape (S4). */
export function flawsOf({ status, headers, text }: Answer): string[] {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return [`no JSON: ${text.slice(0, 80)}`];
  }
  const error = (body.error ?? {}) as Record<string, unknown>;
  const meta = (body.meta ?? {}) as Record<string, unknown>;
  const rules: [boolean, string][] = [
    [status >= 400 && status < 500, `status ${status}`],
    [Object.keys(body).join() === 'success,error,meta' && body.success === false, 'another envelope'],
    [/^[A-Z][A-Z_]+$/.test(String(error.code)), `code ${String(error.code)}`],
    [typeof error.message === 'string' && error.message.length > 0, 'no message'],
    [Array.isArray(error.details), 'no details'],
    [
      Object.keys(error).every((key) => ['code', 'message', 'details', 'data'].includes(key)),
      'more in error',
    ],
    [Object.keys(meta).join() === 'timestamp,request_id', 'another meta'],
    [meta.request_id === headers['x-request-id'], 'another request id'],
    [headers['content-type'] === 'application/json; charset=utf-8', 'another content type'],
    [headers['x-content-type-options'] === 'nosniff', 'no nosniff'],
    [!INSIDES.test(text), `tells of its insides: ${INSIDES.exec(text)?.[0] ?? ''}`],
  ];
  return rules.filter(([isKept]) => !isKept).map(([, flaw]) => flaw);
}

/** Its status and code, for exact expectations. */
export function outcomeOf({ status, text }: Answer): string {
  const { error } = JSON.parse(text) as { error?: { code: string } };
  return `${status} ${error?.code ?? ''}`.trim();
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** Bodies that are refused before any handler looks at them: what, content type, body, outcome. */
export const BROKEN_BODIES: readonly [string, string, Buffer | string, string][] = [
  ['half a JSON', 'application/json', '{"title":', '400 MALFORMED_BODY'],
  ['bytes that are no UTF-8', 'application/json', Buffer.from([0x7b, 0xff, 0x7d]), '400 MALFORMED_BODY'],
  ['__proto__', 'application/json', '{"__proto__":{"isAdmin":true}}', '400 MALFORMED_BODY'],
  ['a prototype', 'application/json', '{"constructor":{"prototype":{"x":1}}}', '400 MALFORMED_BODY'],
  ['65 levels', 'application/json', `{"title":${nested(65)}}`, '400 MALFORMED_BODY'],
  ['100,000 levels', 'application/json', `{"title":${nested(100_000)}}`, '400 MALFORMED_BODY'],
  ['2 MB', 'application/json', JSON.stringify({ title: 'x'.repeat(2 ** 21) }), '413 PAYLOAD_TOO_LARGE'],
  ['2 MB of text', 'text/plain', 'x'.repeat(2 ** 21), '413 PAYLOAD_TOO_LARGE'],
  ['XML', 'application/xml', '<title/>', '415 UNSUPPORTED_MEDIA_TYPE'],
  ['no content type at all', '/////', '{}', '415 UNSUPPORTED_MEDIA_TYPE'],
];

/** JSON that is well-formed and no object of ours. */
export const FOREIGN_BODIES: readonly string[] = [
  'null',
  '5',
  '"text"',
  '[]',
  '[null]',
  '{"unknown_property":1}',
  '{"a\\u0000b":1}',
  '{"title":"\\u0000","username":"\\u0000","email":"\\u0000","reason":"\\u0000","refresh_token":"\\u0000"}',
  '{"title":"\\ud800","username":"\\ud800","email":"\\ud800","reason":"\\ud800","refresh_token":"\\ud800"}',
];

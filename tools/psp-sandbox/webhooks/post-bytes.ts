import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** Sends the text as it is. @returns the receiver's status; rejects when no answer came in time */
export function postBytes(
  url: string,
  body: string,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const start = target.protocol === 'https:' ? requestHttps : requestHttp;
    const call = start(
      target,
      {
        method: 'POST',
        // A fresh connection per delivery: nothing stays open when the sandbox closes.
        agent: false,
        timeout: timeoutMs,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => {
          resolve(response.statusCode ?? 0);
        });
        response.once('error', reject);
      },
    );
    call.once('timeout', () => call.destroy(new Error(`no answer within ${String(timeoutMs)} ms`)));
    call.once('error', reject);
    call.end(body);
  });
}

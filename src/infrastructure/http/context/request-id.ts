import type { IncomingMessage } from 'node:http';
import { newUlid } from '../../../common/ids/index.js';

const ACCEPTABLE = /^[\w.-]{1,64}$/;

/** The id of a request: the caller's `X-Request-ID` when it is harmless, else `req_` and a ULID (S4). */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && ACCEPTABLE.test(sent) ? sent : `req_${newUlid()}`;
}

import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Calls back once the answer is over, if the first bytes of a file have left with it: a whole answer, or a part
 * that begins at the first byte. A continued download, a part from the middle, a HEAD and an answer without a
 * body (304, 416) are no download of their own. It waits for the end so as not to hold up the stream.
 */
export function afterBeginningWasServed(
  request: FastifyRequest,
  reply: FastifyReply,
  callback: () => void,
): void {
  if (request.method !== 'GET') return;
  reply.raw.once('close', () => {
    // The headers leave with the first bytes, never before them.
    if (reply.raw.headersSent && isFromBeginning(reply)) callback();
  });
}

function isFromBeginning(reply: FastifyReply): boolean {
  if (reply.statusCode === 200) return true;
  return reply.statusCode === 206 && String(reply.getHeader('content-range')).startsWith('bytes 0-');
}

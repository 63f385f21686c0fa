import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { synthesizeWav } from './audio-fixtures.js';

const BLOCK_BYTES = 64 * 1024;
const BOUNDARY = 'veza-big-upload';
const WAV_HEADER_BYTES = 44;

/** What was sent, and what came back. */
export interface BigUpload {
  status: number;
  id: string;
  sha256: string;
}

/** A WAV of exactly `sizeBytes` with noise of its own, block by block. */
function* bigWav(sizeBytes: number): Generator<Buffer> {
  const header = synthesizeWav({ durationMs: 0, declaredDataBytes: sizeBytes - WAV_HEADER_BYTES });
  header.writeUInt32LE(sizeBytes - 8, 4);
  yield header;
  const noise = randomBytes(BLOCK_BYTES);
  for (let sent = header.length; sent < sizeBytes; sent += BLOCK_BYTES) {
    const block = Buffer.from(noise.subarray(0, Math.min(BLOCK_BYTES, sizeBytes - sent)));
    block.writeUInt32LE(sent % 2 ** 32, 0);
    yield block;
  }
}

/** Uploads a WAV of `sizeBytes` without ever holding it whole. */
export async function uploadBigWav(
  url: string,
  { token, title, sizeBytes }: { token: string; title: string; sizeBytes: number },
): Promise<BigUpload> {
  const head = Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="title"\r\n\r\n${title}\r\n--${BOUNDARY}\r\n` +
      'content-disposition: form-data; name="audio"; filename="big.wav"\r\ncontent-type: audio/wav\r\n\r\n',
  );
  const tail = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
  const outgoing = request(`${url}/api/v1/tracks`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': head.length + sizeBytes + tail.length,
    },
  });
  const answered = once(outgoing, 'response') as Promise<[import('node:http').IncomingMessage]>;
  const hash = createHash('sha256');
  outgoing.write(head);
  for (const block of bigWav(sizeBytes)) {
    hash.update(block);
    if (!outgoing.write(block)) await once(outgoing, 'drain');
  }
  outgoing.end(tail);
  const [response] = await answered;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const body = JSON.parse(text) as { data?: { id: string } };
  return { status: response.statusCode ?? 0, id: body.data?.id ?? text, sha256: hash.digest('hex') };
}

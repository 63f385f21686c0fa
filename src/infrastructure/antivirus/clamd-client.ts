import { createReadStream } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** Where clamd listens. */
export interface ClamdAddress {
  host: string;
  port: number;
}

/** Frames of INSTREAM stay well below any StreamMaxLength. */
const FRAME_BYTES = 65_536;

/**
 * Speaks clamd's own protocol, one connection for each question. It is written here because a scan has to wait
 * for the socket (else the whole upload lies in memory) and to end when clamd is silent; `clamscan` does neither.
 */
export class ClamdClient {
  /** @param timeoutMs longest time of one question, with everything that is sent and answered */
  constructor(
    private readonly address: ClamdAddress,
    private readonly timeoutMs: number,
  ) {}

  /** @throws Error when clamd cannot be reached or does not answer PONG in time */
  async ping(): Promise<void> {
    const answer = await this.ask(['zPING\0']);
    if (answer !== 'PONG') throw new Error(`clamd answered PING with "${answer}"`);
  }

  /** Has a file scanned. @throws Error when clamd gave no verdict */
  async scan(path: string): Promise<'clean' | 'infected'> {
    const answer = await this.ask(inStream(path));
    if (answer === 'stream: OK') return 'clean';
    if (/^stream: .+ FOUND$/.test(answer)) return 'infected';
    throw new Error(`clamd gave no verdict but "${answer}"`);
  }

  private async ask(question: Iterable<string> | AsyncIterable<Buffer>): Promise<string> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    const socket = connect({ ...this.address, signal });
    // The answer may come before the question has ended; what breaks the question breaks the answer as well.
    const asked = pipeline(question, socket, { end: false }).catch(() => undefined);
    try {
      return await readAnswer(socket);
    } catch (error) {
      const sentBytes = socket.bytesWritten;
      if (signal.aborted) {
        const message = `clamd gave no answer within ${this.timeoutMs} ms, ${sentBytes} bytes were sent`;
        throw new Error(message, { cause: error });
      }
      if (sentBytes <= FRAME_BYTES) throw error;
      const message = `clamd hung up after ${sentBytes} bytes; its StreamMaxLength must not be below MAX_UPLOAD_SIZE`;
      throw new Error(message, { cause: error });
    } finally {
      socket.destroy();
      await asked;
    }
  }
}

/** Answers end with NUL. */
async function readAnswer(socket: Socket): Promise<string> {
  let answer = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    answer += chunk.toString('latin1');
    const end = answer.indexOf('\0');
    if (end >= 0) return answer.slice(0, end);
  }
  throw new Error('clamd hung up without an answer');
}

/** Each frame is its length in four bytes and its content; an empty one ends the file. */
async function* inStream(path: string): AsyncGenerator<Buffer> {
  yield Buffer.from('zINSTREAM\0');
  for await (const chunk of createReadStream(path, { highWaterMark: FRAME_BYTES }) as AsyncIterable<Buffer>) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.length);
    yield length;
    yield chunk;
  }
  yield Buffer.alloc(4);
}

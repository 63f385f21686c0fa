import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const WINDOW_BYTES = 256 * 1024;

/**
 * Random access to a file through one small window. Each refill is an asynchronous read, which is also where the
 * event loop gets its turn and an abort is noticed; a file of any size costs one window of memory.
 */
export class AudioSource {
  private window = Buffer.alloc(0);
  private windowStart = 0;

  private constructor(
    private readonly handle: FileHandle,
    readonly sizeBytes: number,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Opens `filePath`; a missing file is the caller's error and is thrown as the system's. */
  static async open(filePath: string, signal?: AbortSignal): Promise<AudioSource> {
    signal?.throwIfAborted();
    const handle = await open(filePath, 'r');
    try {
      const { size } = await handle.stat();
      return new AudioSource(handle, size, signal);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /**
   * The bytes from `position` on: at least `minBytes` of them unless the file ends first, usually more.
   * The view is valid until the next call.
   */
  async view(position: number, minBytes: number): Promise<Buffer> {
    const offset = position - this.windowStart;
    const wanted = Math.min(minBytes, Math.max(0, this.sizeBytes - position));
    if (offset < 0 || offset + wanted > this.window.length) await this.refill(position, wanted);
    return this.window.subarray(position - this.windowStart);
  }

  /** Exactly the bytes asked for, copied; fewer only where the file ends. */
  async read(position: number, length: number): Promise<Buffer> {
    const view = await this.view(position, length);
    return Buffer.from(view.subarray(0, length));
  }

  private async refill(position: number, minBytes: number): Promise<void> {
    this.signal?.throwIfAborted();
    const length = Math.min(Math.max(minBytes, WINDOW_BYTES), Math.max(0, this.sizeBytes - position));
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.handle.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.window = buffer.subarray(0, filled);
    this.windowStart = position;
  }
}

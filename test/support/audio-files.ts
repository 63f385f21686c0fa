import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of files that one suite writes and removes again. */
export class AudioFiles {
  private readonly folder = mkdtempSync(join(tmpdir(), 'audio-files-'));
  private count = 0;

  /** Writes `content` to a new file with this extension and returns its path. */
  write(extension: string, ...content: readonly Buffer[]): string {
    this.count += 1;
    const path = join(this.folder, `file-${String(this.count)}.${extension}`);
    writeFileSync(path, Buffer.concat(content));
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

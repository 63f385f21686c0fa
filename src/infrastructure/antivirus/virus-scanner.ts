import { Injectable, Logger } from '@nestjs/common';
import NodeClam from 'clamscan';
import { createReadStream } from 'node:fs';
import { DomainError } from '../../common/errors/index.js';
import { AppConfig } from '../config/index.js';

/** What the scanner says of a file; `unscanned` when there is no scanner and none is demanded. */
export type ScanVerdict = 'clean' | 'infected' | 'unscanned';

const scannerUnavailable = (cause: unknown): DomainError =>
  new DomainError('VIRUS_SCANNER_UNAVAILABLE', 'unavailable', 'Uploads are not possible at the moment', {
    retryAfterSeconds: 60,
    cause,
  });

/**
 * Scans uploads with clamd at CLAMAV_ADDRESS. While CLAMAV_REQUIRED is true, no scanner means no upload
 * (503); otherwise files pass unscanned and the log says so (S0).
 */
@Injectable()
export class VirusScanner {
  private readonly logger = new Logger(VirusScanner.name);
  private readonly isRequired: boolean;
  private readonly host: string;
  private readonly port: number;
  private readonly timeoutMs: number;

  constructor(config: AppConfig) {
    this.isRequired = config.get('CLAMAV_REQUIRED');
    this.timeoutMs = config.get('CLAMAV_TIMEOUT');
    const { host, port } = addressOf(config.get('CLAMAV_ADDRESS'));
    this.host = host;
    this.port = port;
  }

  /** Throws 503 before a byte is received when a scanner is demanded and none answers. */
  async assertReady(): Promise<void> {
    if (!this.isRequired) return;
    try {
      await this.connect();
    } catch (error) {
      throw scannerUnavailable(error);
    }
  }

  /** Scans a file on disk. */
  async scan(path: string): Promise<ScanVerdict> {
    try {
      const clamd = await this.connect();
      // Without a clear word from clamd the library answers null, which its types leave out.
      const { isInfected } = (await clamd.scanStream(createReadStream(path))) as {
        isInfected: boolean | null;
      };
      if (isInfected === null) throw new Error('clamd gave no verdict');
      return isInfected ? 'infected' : 'clean';
    } catch (error) {
      if (this.isRequired) throw scannerUnavailable(error);
      this.logger.warn('No virus scanner answers; the upload was accepted unscanned (CLAMAV_REQUIRED=false)');
      return 'unscanned';
    }
  }

  private async connect(): Promise<NodeClam> {
    const clamd = await new NodeClam().init({
      clamscan: { active: false },
      clamdscan: {
        host: this.host,
        port: this.port,
        timeout: this.timeoutMs,
        localFallback: false,
        active: true,
        bypassTest: true,
      },
      preference: 'clamdscan',
    });
    await clamd.ping();
    return clamd;
  }
}

function addressOf(address: string): { host: string; port: number } {
  const separator = address.lastIndexOf(':');
  return { host: address.slice(0, separator), port: Number(address.slice(separator + 1)) };
}

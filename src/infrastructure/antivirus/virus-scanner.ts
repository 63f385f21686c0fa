import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../../common/errors/index.js';
import { AppConfig } from '../config/index.js';
import { type ClamdAddress, ClamdClient } from './clamd-client.js';

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
  private readonly clamd: ClamdClient;

  constructor(config: AppConfig) {
    this.isRequired = config.get('CLAMAV_REQUIRED');
    this.clamd = new ClamdClient(addressOf(config.get('CLAMAV_ADDRESS')), config.get('CLAMAV_TIMEOUT'));
  }

  /** Throws 503 before a byte is received when a scanner is demanded and none answers. */
  async assertReady(): Promise<void> {
    if (!this.isRequired) return;
    try {
      await this.clamd.ping();
    } catch (error) {
      throw this.refusal(error);
    }
  }

  /** Scans a file on disk. */
  async scan(path: string): Promise<ScanVerdict> {
    try {
      return await this.clamd.scan(path);
    } catch (error) {
      if (this.isRequired) throw this.refusal(error);
      this.logger.warn(
        `The upload was accepted unscanned, because CLAMAV_REQUIRED=false: ${messageOf(error)}`,
      );
      return 'unscanned';
    }
  }

  private refusal(error: unknown): DomainError {
    this.logger.error(`The upload was refused, because CLAMAV_REQUIRED=true: ${messageOf(error)}`);
    return scannerUnavailable(error);
  }
}

/** A connection refused over IPv4 and IPv6 alike is an AggregateError without words. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

function addressOf(address: string): ClamdAddress {
  const separator = address.lastIndexOf(':');
  return { host: address.slice(0, separator), port: Number(address.slice(separator + 1)) };
}

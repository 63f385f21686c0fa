import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { TracksService } from '../../tracks/index.js';
import { UsersService } from '../../users/index.js';
import { CertificateRenderer } from './certificate-renderer.js';
import { verificationUrlOf } from './license-number.js';
import { assertUsable } from './licenses.errors.js';
import { LicensesService } from './licenses.service.js';

/** Stands for somebody whose account is closed: their name is no longer given out. */
const CLOSED_ACCOUNT = '(account closed)';

/** A certificate, ready to be sent. */
export interface Certificate {
  fileName: string;
  content: Readable;
}

/** Certificates state what was sold, by whom, to whom and on which terms; nothing else. */
@Injectable()
export class CertificatesService {
  constructor(
    private readonly licenses: LicensesService,
    private readonly renderer: CertificateRenderer,
    private readonly tracks: TracksService,
    private readonly users: UsersService,
    private readonly config: AppConfig,
  ) {}

  /**
   * The certificate of one of the buyer's licences.
   * @throws DomainError 404 `LICENSE_NOT_FOUND`, also for the licence of somebody else; 403 `LICENSE_REVOKED`,
   *   `LICENSE_SUSPENDED` while there is nothing to certify
   */
  async getOwn(licenseId: string, buyerId: string): Promise<Certificate> {
    const license = await this.licenses.getOwn(licenseId, buyerId);
    assertUsable(license);
    const users = await this.users.findPublicByIds([license.sellerId, license.buyerId]);
    const titles = await this.tracks.findTitles(license.trackIds);
    return {
      fileName: `license-${license.number}.pdf`,
      content: this.renderer.render(license, {
        licensor: users.get(license.sellerId)?.username ?? CLOSED_ACCOUNT,
        licensee: users.get(license.buyerId)?.username ?? CLOSED_ACCOUNT,
        trackTitles: license.trackIds.map((id) => titles.get(id) ?? id),
        verifyUrl: verificationUrlOf(this.config.publicApiUrl, license.number),
      }),
    };
  }
}

import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { type ServedFile, UrlSigner, type UrlSignature } from '../../../infrastructure/storage/index.js';
import { TracksService, mimeTypeOf } from '../../tracks/index.js';
import type { License } from './license.types.js';
import {
  assertUsable,
  downloadLinkInvalid,
  licenseRequired,
  nothingToDownload,
  trackIdRequired,
} from './licenses.errors.js';
import { LicensesRepository } from './licenses.repository.js';

/** A link to one bought file, for one viewer. */
export interface DownloadLink {
  path: string;
  expiresAt: Date;
}

/** A bought file with the licence that opens it. */
export type LicensedFile = ServedFile & { licenseId: string };

const keyOf = (productId: string, trackId: string): string => `download/${productId}/${trackId}`;

/** Gives bought files to those who hold an active licence (01 1.5). */
@Injectable()
export class DownloadsService {
  private readonly logger = new Logger('Downloads');

  constructor(
    private readonly licenses: LicensesRepository,
    private readonly tracks: TracksService,
    private readonly signer: UrlSigner,
    private readonly clock: Clock,
  ) {}

  /**
   * Signs a link to the original file of a bought product, for this viewer and SIGNED_URL_TTL.
   * @param trackId which track of a pack; may be left out when there is only one
   * @throws DomainError 403 `LICENSE_REQUIRED`, `LICENSE_REVOKED`, `LICENSE_SUSPENDED`, 400 `TRACK_ID_REQUIRED`
   */
  async createLink(viewerId: string, productId: string, trackId?: string): Promise<DownloadLink> {
    const { trackIds } = await this.getUsable(viewerId, productId);
    if (trackIds.length === 0) throw nothingToDownload();
    const chosen = trackId ?? (trackIds.length === 1 ? trackIds[0] : undefined);
    if (chosen === undefined || !trackIds.includes(chosen)) throw trackIdRequired(trackIds);
    const { exp, sub, sig } = this.signer.sign(keyOf(productId, chosen), viewerId);
    const query = new URLSearchParams({ exp: String(exp), sub, sig });
    return {
      path: `/api/v1/marketplace/download/${productId}/${chosen}?${query.toString()}`,
      expiresAt: new Date(exp * 1000),
    };
  }

  /**
   * The file behind a link. The licence is looked at again: a link outlives no revocation (08 3.1).
   * @throws DomainError 403 `DOWNLOAD_LINK_INVALID` or the licence's own refusal
   */
  async getFile(productId: string, trackId: string, signature: UrlSignature): Promise<LicensedFile> {
    if (!this.signer.verify(keyOf(productId, trackId), signature)) throw downloadLinkInvalid();
    const { id: licenseId, trackIds } = await this.getUsable(signature.sub, productId);
    if (!trackIds.includes(trackId)) throw downloadLinkInvalid();
    const file = await this.tracks.getOriginalFile(trackId);
    return {
      licenseId,
      storageKey: file.storageKey,
      mimeType: mimeTypeOf(file.format as Parameters<typeof mimeTypeOf>[0]),
      etag: file.sha256,
      downloadName: file.fileName,
    };
  }

  /** Counts a download whose bytes have left; never throws, because nobody waits for it any more. */
  async countServed(licenseId: string): Promise<void> {
    try {
      await this.licenses.countDownload(licenseId, this.clock.now());
    } catch (error) {
      this.logger.warn({ message: 'A download was not counted', licenseId, error: String(error) });
    }
  }

  private async getUsable(viewerId: string, productId: string): Promise<License> {
    const [license] = await this.licenses.findOfProduct(viewerId, productId);
    if (license === undefined) throw licenseRequired();
    assertUsable(license);
    return license;
  }
}

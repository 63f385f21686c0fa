import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../infrastructure/config/index.js';
import { tooManyUploads } from './tracks.errors.js';

/** Back-pressure: at most MAX_CONCURRENT_UPLOADS bodies are received at a time by this process (S0). */
@Injectable()
export class UploadSlots {
  private readonly capacity: number;
  private taken = 0;

  constructor(config: AppConfig) {
    this.capacity = config.get('MAX_CONCURRENT_UPLOADS');
  }

  /** Runs the upload in a slot, or refuses it with 503 and Retry-After before reading its body. */
  async use<T>(upload: () => Promise<T>): Promise<T> {
    if (this.taken >= this.capacity) throw tooManyUploads();
    this.taken += 1;
    try {
      return await upload();
    } finally {
      this.taken -= 1;
    }
  }
}

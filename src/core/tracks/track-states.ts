import { defineStates } from '../../common/state-machine/index.js';

/** `processing → ready | failed`; `uploading` is for uploads in parts, which have their own issue. */
export const TRACK_STATUSES = ['uploading', 'processing', 'ready', 'failed'] as const;
export type TrackStatus = (typeof TRACK_STATUSES)[number];

/** How a track may move; `ready` and `failed` are final. */
export const trackStates = defineStates<TrackStatus>('track', {
  uploading: ['processing', 'failed'],
  processing: ['ready', 'failed'],
  ready: [],
  failed: [],
});

export { AudioAnalyzer } from './audio-analyzer.js';
export type { AnalyzeOptions } from './audio-analyzer.js';
export type { AudioAnalysis, AudioTags, CoverImage } from './audio-analysis.js';
export {
  AUDIO_FORMATS,
  findFormatByExtension,
  findFormatByMimeType,
  isMimeTypeOf,
  mimeTypeOf,
} from './audio-formats.js';
export type { AudioFormat, AudioFormatRule } from './audio-formats.js';
export { MediaRejected } from './media-rejected.js';
export type { MediaRejectionCode } from './media-rejected.js';
export { sniffAudioFormat, SNIFF_BYTES } from './sniff-audio-format.js';

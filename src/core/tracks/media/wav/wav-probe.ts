import type { AudioProbe } from '../audio-analysis.js';
import type { AudioSource } from '../reading/audio-source.js';
import { MediaRejected } from '../media-rejected.js';

interface WavFormat {
  readonly codec: string;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly blockAlign: number;
}

interface WavData {
  readonly start: number;
  /** Null when the writer never came back to fill it in. */
  readonly declaredBytes: number | null;
}

const FORMAT_EXTENSIBLE = 0xfffe;
const CODECS: ReadonlyMap<number, string> = new Map([
  [1, 'pcm'],
  [3, 'pcm_float'],
  [6, 'alaw'],
  [7, 'mulaw'],
]);
const SIZE_ELSEWHERE = 0xffff_ffff;
/** Writers to a pipe leave the largest size behind, some of them less the headers. */
const FIRST_UNFILLED_SIZE = 0xffff_0000;
const MAX_CHUNKS = 1000;
const CHUNK_ID = /^[A-Za-z0-9_ ]{4}$/;

/** Chunk arithmetic against the size of the file; handles RIFF, RF64 and BW64. */
export async function probeWav(source: AudioSource): Promise<AudioProbe> {
  const { format, data } = await readChunks(source);
  if (!format)
    throw new MediaRejected('UNREADABLE', 'The WAV file has no format chunk in front of its samples.');
  if (!data) throw new MediaRejected('UNREADABLE', 'The WAV file has no samples.');
  const presentBytes = Math.max(0, source.sizeBytes - data.start);
  const readableBytes = Math.min(presentBytes, data.declaredBytes ?? presentBytes);
  const bytesPerMs = (format.blockAlign * format.sampleRateHz) / 1000;
  const durationMs = (Math.floor(readableBytes / format.blockAlign) * 1000) / format.sampleRateHz;
  return {
    codec: format.codec,
    durationMs,
    ...(data.declaredBytes === null ? {} : { promisedMs: data.declaredBytes / bytesPerMs }),
    bitrateKbps: bytesPerMs * 8,
    sampleRateHz: format.sampleRateHz,
    channels: format.channels,
  };
}

async function readChunks(source: AudioSource): Promise<{ format: WavFormat | null; data: WavData | null }> {
  let format: WavFormat | null = null;
  let longDataBytes: number | null = null;
  let position = 12;
  for (let count = 0; count < MAX_CHUNKS && position + 8 <= source.sizeBytes; count += 1) {
    const header = await source.read(position, 8);
    const id = header.toString('latin1', 0, 4);
    const sizeBytes = header.readUInt32LE(4);
    const body = position + 8;
    if (id === 'ds64' && sizeBytes >= 24) longDataBytes = await readLongDataSize(source, body);
    if (id === 'fmt ') format = parseFormat(await source.read(body, Math.min(sizeBytes, 40)));
    if (id === 'data') {
      const declaredBytes = sizeBytes === SIZE_ELSEWHERE ? longDataBytes : sizeBytes;
      const isUnfilled =
        sizeBytes === 0
          ? !(await isChunkOrEnd(source, body))
          : sizeBytes >= FIRST_UNFILLED_SIZE && sizeBytes !== SIZE_ELSEWHERE;
      return { format, data: { start: body, declaredBytes: isUnfilled ? null : declaredBytes } };
    }
    position = body + sizeBytes + (sizeBytes % 2);
  }
  return { format, data: null };
}

/** A recorder that was cut off leaves size 0 in front of its samples; truly empty data is followed by a chunk. */
async function isChunkOrEnd(source: AudioSource, position: number): Promise<boolean> {
  if (position >= source.sizeBytes) return true;
  const header = await source.read(position, 8);
  if (header.length < 8 || !CHUNK_ID.test(header.toString('latin1', 0, 4))) return false;
  return position + 8 + header.readUInt32LE(4) <= source.sizeBytes;
}

async function readLongDataSize(source: AudioSource, body: number): Promise<number | null> {
  const bytes = await source.read(body, 16);
  return bytes.length < 16 ? null : Number(bytes.readBigUInt64LE(8));
}

function parseFormat(bytes: Buffer): WavFormat {
  if (bytes.length < 16)
    throw new MediaRejected('UNREADABLE', 'The format chunk of the WAV file is too short.');
  const tag = bytes.readUInt16LE(0);
  const codecTag = tag === FORMAT_EXTENSIBLE && bytes.length >= 26 ? bytes.readUInt16LE(24) : tag;
  const codec = CODECS.get(codecTag);
  if (codec === undefined) {
    const shown = codecTag.toString(16).padStart(4, '0');
    throw new MediaRejected('UNSUPPORTED_CODEC', `WAV audio of type 0x${shown} is not supported.`);
  }
  const channels = bytes.readUInt16LE(2);
  const sampleRateHz = bytes.readUInt32LE(4);
  const blockAlign = bytes.readUInt16LE(12);
  const bytesPerSample = Math.ceil(bytes.readUInt16LE(14) / 8);
  if (channels === 0 || sampleRateHz === 0 || blockAlign === 0 || bytesPerSample * channels !== blockAlign) {
    throw new MediaRejected(
      'DURATION_UNKNOWN',
      'The WAV header contradicts itself about the size of a sample.',
    );
  }
  return { codec, channels, sampleRateHz, blockAlign };
}

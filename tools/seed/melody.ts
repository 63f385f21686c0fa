/** One tone: semitones above A3 (220 Hz), or null for a rest, and its length in beats. */
export type Note = readonly [semitones: number | null, beats: number];

/** What {@link synthesizeMelody} plays. */
export interface Melody {
  tempoBpm: number;
  notes: readonly Note[];
  /** Strength of each harmonic, the fundamental first: it decides the timbre. */
  harmonics: readonly number[];
}

const SAMPLE_RATE_HZ = 44_100;
const LOWEST_HZ = 220;
const BYTES_PER_SAMPLE = 2;
const LOUDNESS = 9_000;
/** Without a short fade each note would begin and end with a click. */
const FADE_SECONDS = 0.01;
const DECAY_PER_SECOND = 2.5;

/** Plays a melody of plucked tones into a complete WAV file: 44.1 kHz, 16 bit, mono. */
export function synthesizeMelody({ tempoBpm, notes, harmonics }: Melody): Buffer {
  const secondsPerBeat = 60 / tempoBpm;
  const tones = notes.map(([semitones, beats]) => {
    const samples = Math.round(beats * secondsPerBeat * SAMPLE_RATE_HZ);
    return semitones === null
      ? Buffer.alloc(samples * BYTES_PER_SAMPLE)
      : playTone(LOWEST_HZ * 2 ** (semitones / 12), samples, harmonics);
  });
  return wavFile(Buffer.concat(tones));
}

function playTone(frequencyHz: number, samples: number, harmonics: readonly number[]): Buffer {
  const tone = Buffer.alloc(samples * BYTES_PER_SAMPLE);
  const total = harmonics.reduce((sum, strength) => sum + strength, 0);
  for (let index = 0; index < samples; index += 1) {
    const second = index / SAMPLE_RATE_HZ;
    const left = (samples - index) / SAMPLE_RATE_HZ;
    const envelope =
      Math.exp(-DECAY_PER_SECOND * second) * Math.min(1, Math.min(second, left) / FADE_SECONDS);
    const wave = harmonics.reduce(
      (sum, strength, harmonic) =>
        sum + strength * Math.sin(2 * Math.PI * frequencyHz * (harmonic + 1) * second),
      0,
    );
    tone.writeInt16LE(Math.round((wave / total) * envelope * LOUDNESS), index * BYTES_PER_SAMPLE);
  }
  return tone;
}

function wavFile(samples: Buffer): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  header.writeUInt32LE(SAMPLE_RATE_HZ * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

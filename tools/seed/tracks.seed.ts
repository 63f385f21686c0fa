import { type Melody, synthesizeMelody } from './melody.js';
import type { Seed, SeedContext } from './seed-context.js';

interface DemoTrack {
  title: string;
  fields: Record<string, string>;
  melody: Melody;
}

const REST = null;
const DEMO_TRACKS: readonly DemoTrack[] = [
  {
    title: 'Morning Ferry',
    fields: { genre: 'Ambient', bpm: '96', key: 'A', tags: 'calm,morning', album: 'Harbour Sketches' },
    melody: {
      tempoBpm: 96,
      harmonics: [1, 0.5, 0.25, 0.12],
      notes: [
        [0, 1],
        [4, 1],
        [7, 1],
        [12, 2],
        [11, 1],
        [7, 1],
        [4, 1],
        [2, 1],
        [0, 2],
      ],
    },
  },
  {
    title: 'Night Tram',
    fields: { genre: 'Electronic', bpm: '128', key: 'Am', tags: 'dark,city', album: 'Harbour Sketches' },
    melody: {
      tempoBpm: 128,
      harmonics: [1, 0, 0.33, 0, 0.2],
      notes: [
        [0, 0.5],
        [0, 0.5],
        [3, 0.5],
        [7, 0.5],
        [REST, 0.5],
        [10, 0.5],
        [7, 1],
        [3, 0.5],
        [5, 0.5],
        [7, 1],
        [12, 1],
        [10, 1],
        [REST, 1],
        [0, 2],
      ],
    },
  },
  {
    title: 'Copper Waltz',
    fields: { genre: 'Folk', bpm: '150', key: 'D', tags: 'waltz,acoustic', is_downloadable: 'true' },
    melody: {
      tempoBpm: 150,
      harmonics: [1, 0.7, 0.5, 0.35, 0.2],
      notes: [
        [5, 1],
        [9, 1],
        [12, 1],
        [17, 2],
        [16, 1],
        [14, 1],
        [12, 1],
        [9, 1],
        [7, 2],
        [9, 1],
        [5, 3],
      ],
    },
  },
];

/** Three short melodies of the demo creator, processed to the end. */
export const seedTracks: Seed = async (context) => {
  const creator = context.getAccount('creator');
  const userId = await context.getUserId(creator);
  const counts = { made: 0, present: 0 };
  for (const track of DEMO_TRACKS) {
    const found = await findTrack(context, userId, track.title);
    const id = found?.id ?? (await uploadTrack(context, track, await context.signIn(creator)));
    if (found?.status !== 'ready') await waitUntilReady(context, id, track.title);
    counts[found === null ? 'made' : 'present'] += 1;
  }
  return counts;
};

/** A demo track by its title; one that failed counts as absent. */
export async function findTrack(
  context: SeedContext,
  userId: string,
  title: string,
): Promise<{ id: string; status: string } | null> {
  const [track] = await context.database.query<{ id: string; status: string }>(
    `SELECT id, status FROM tracks
      WHERE user_id = $1 AND title = $2 AND deleted_at IS NULL AND status <> 'failed' ORDER BY created_at LIMIT 1`,
    [userId, title],
  );
  return track ?? null;
}

async function uploadTrack(context: SeedContext, track: DemoTrack, token: string): Promise<string> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ title: track.title, ...track.fields })) form.set(name, value);
  const audio = new Blob([new Uint8Array(synthesizeMelody(track.melody))], { type: 'audio/wav' });
  form.set('audio', audio, `${track.title.toLowerCase().replace(' ', '-')}.wav`);
  return (await context.call<{ id: string }>({ method: 'POST', path: '/tracks', token, payload: form })).id;
}

/** The media worker of this process or of a running server does the work. */
async function waitUntilReady(context: SeedContext, id: string, title: string): Promise<void> {
  const status = await context.waitFor(`"${title}" to be processed`, async () => {
    const [row] = await context.database.query<{ status: string }>(
      'SELECT status FROM tracks WHERE id = $1',
      [id],
    );
    return row === undefined || row.status === 'processing' ? null : row.status;
  });
  if (status !== 'ready') throw new Error(`The demo track "${title}" ended as ${status}`);
}

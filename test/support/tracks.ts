import type { Actor } from './actors.js';
import { synthesizeWav } from './audio-fixtures.js';
import { api, type TestApp } from './test-app.js';
import { waitFor } from './wait-for.js';

/** A track as the API answers it; only what tests look at. */
export interface TrackBody {
  id: string;
  title: string;
  status: string;
  failure?: { code: string; message: string };
  duration_seconds: number | null;
  [field: string]: unknown;
}

/** Uploads a file as a track and waits until the media worker is done with it. */
export async function newTrack(
  test: TestApp,
  owner: Actor,
  {
    fields = {},
    file = synthesizeWav({ durationMs: 400, sampleRateHz: 8_000 }),
    fileName = 'song.wav',
  }: { fields?: Record<string, string>; file?: Buffer; fileName?: string } = {},
): Promise<TrackBody> {
  const response = await test.http
    .post(api('/tracks'))
    .set(owner.auth)
    .field({ title: 'A song', ...fields })
    .attach('audio', file, fileName)
    .expect(201);
  const { id } = (response.body as { data: TrackBody }).data;
  return waitForTrack(test, owner, id);
}

/** Waits until a track has left `processing`. */
export function waitForTrack(test: TestApp, owner: Actor, id: string): Promise<TrackBody> {
  return waitFor(
    async () => {
      const response = await test.http
        .get(api(`/tracks/${id}`))
        .set(owner.auth)
        .expect(200);
      const track = (response.body as { data: TrackBody }).data;
      return track.status === 'processing' ? null : track;
    },
    { what: `track ${id} to be processed` },
  );
}

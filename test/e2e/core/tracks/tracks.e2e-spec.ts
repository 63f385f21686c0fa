import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Actor,
  type TestApp,
  type TrackBody,
  api,
  createTestApp,
  newActor,
  newTrack,
  waitFor,
} from '../../../support/index.js';

interface ListBody {
  data: TrackBody[];
  pagination: {
    page?: number;
    limit: number;
    total?: number;
    total_pages?: number;
    has_next: boolean;
    next_cursor: string | null;
  };
}

describe('tracks', () => {
  let test: TestApp;
  let owner: Actor;
  let stranger: Actor;
  let admin: Actor;
  let listed: TrackBody;
  let hidden: TrackBody;

  beforeAll(async () => {
    test = await createTestApp();
    owner = await newActor(test, { role: 'creator' });
    stranger = await newActor(test, { role: 'creator' });
    admin = await newActor(test, { role: 'admin' });
    for (const title of ['Alpha', 'Beta', 'Gamma', 'Delta']) {
      await newTrack(test, owner, { fields: { title, artist: 'Ada', genre: 'House', tags: 'deep,warm' } });
    }
    listed = await newTrack(test, owner, {
      fields: { title: 'Epsilon', artist: "O'Brien; DROP", genre: 'Techno' },
    });
    hidden = await newTrack(test, owner, { fields: { title: 'Secret', is_public: 'false' } });
  });
  afterAll(() => test.close());

  const list = async (query: string, actor?: Actor): Promise<ListBody> => {
    const request = test.http.get(api(`/tracks?${query}`));
    if (actor !== undefined) void request.set(actor.auth);
    return (await request.expect(200)).body as ListBody;
  };
  const codeOf = (response: { body: unknown }): string =>
    (response.body as { error: { code: string } }).error.code;

  describe('GET /tracks', () => {
    it('lists what is public and ready, newest first, with totals', async () => {
      const page = await list('limit=2');
      expect(page.data.map((track) => track.title)).toEqual(['Epsilon', 'Delta']);
      expect(page.pagination).toMatchObject({ page: 1, limit: 2, total: 5, total_pages: 3, has_next: true });
      expect((await list('limit=2&page=9')).pagination).toMatchObject({ total: 5, has_next: false });
    });

    it('walks the whole list by cursor without a gap or a repetition, in every order', async () => {
      for (const sort of ['created_at', 'title', 'artist', 'duration', 'plays', 'popularity']) {
        for (const order of ['asc', 'desc']) {
          const titles: string[] = [];
          let { data, pagination } = await list(`limit=2&sort=${sort}&order=${order}`);
          titles.push(...data.map((track) => track.title));
          while (pagination.next_cursor !== null) {
            ({ data, pagination } = await list(
              `limit=2&sort=${sort}&order=${order}&cursor=${encodeURIComponent(pagination.next_cursor)}`,
            ));
            expect(pagination).not.toHaveProperty('total');
            titles.push(...data.map((track) => track.title));
          }
          expect([...titles].sort()).toEqual(['Alpha', 'Beta', 'Delta', 'Epsilon', 'Gamma']);
        }
      }
    });

    it.each([
      ['genre=Techno', ['Epsilon']],
      ['tags=deep,WARM', ['Delta', 'Gamma', 'Beta', 'Alpha']],
      ['search=epsil', []],
      ['search=epsilon', ['Epsilon']],
      ['search=%25', []],
      ["search=ada' OR 1=1", []],
      ["artist=o'brien; drop", ['Epsilon']],
      ['min_duration=5', []],
      ['max_duration=5&format=wav&limit=1', ['Epsilon']],
    ])('filters by %s', async (query, titles) => {
      expect((await list(query)).data.map((track) => track.title)).toEqual(titles);
    });

    it('shows hidden tracks to their owner alone, who asks for them', async () => {
      const query = `uploader_id=${owner.id}&show_private=true`;
      const titles = async (actor?: Actor): Promise<string[]> =>
        (await list(query, actor)).data.map((t) => t.title);
      expect(await titles(owner)).toContain('Secret');
      expect(await titles(admin)).toContain('Secret');
      expect(await titles(stranger)).not.toContain('Secret');
      expect(await titles()).not.toContain('Secret');
    });

    it.each([
      'sort=id;DROP TABLE tracks',
      'order=sideways',
      'limit=0',
      'limit=101',
      'page=x',
      'uploader_id=1',
      'unknown=1',
      'cursor=AAAA',
      'title=1',
    ])('refuses %s', async (query) => {
      const response = await test.http.get(api(`/tracks?${query}`)).expect(400);
      expect(['VALIDATION_ERROR', 'INVALID_CURSOR']).toContain(codeOf(response));
    });

    it('refuses a cursor of another order and an edited one', async () => {
      const { pagination } = await list('limit=1');
      const cursor = String(pagination.next_cursor);
      await test.http.get(api(`/tracks?sort=title&cursor=${cursor}`)).expect(400);
      await test.http.get(api(`/tracks?cursor=${cursor.slice(0, -2)}AA`)).expect(400);
    });

    it('refuses a token that is not valid instead of treating it as nobody', async () => {
      await test.http.get(api('/tracks')).set('Authorization', 'Bearer x').expect(401);
    });
  });

  describe('GET /tracks/:id', () => {
    it('shows a public track to everybody', async () => {
      const response = await test.http.get(api(`/tracks/${listed.id}`)).expect(200);
      expect((response.body as { data: TrackBody }).data).toMatchObject({
        id: listed.id,
        uploader: { id: owner.id, username: owner.username },
        duration_seconds: 0.4,
        sample_rate_hz: 8000,
      });
      expect(JSON.stringify(response.body)).not.toMatch(/storage|sha256|email/);
    });

    it('hides a private track from everybody but its owner and administrators', async () => {
      await test.http
        .get(api(`/tracks/${hidden.id}`))
        .set(owner.auth)
        .expect(200);
      await test.http
        .get(api(`/tracks/${hidden.id}`))
        .set(admin.auth)
        .expect(200);
      for (const response of [
        await test.http.get(api(`/tracks/${hidden.id}`)).expect(404),
        await test.http
          .get(api(`/tracks/${hidden.id}`))
          .set(stranger.auth)
          .expect(404),
        await test.http.get(api('/tracks/00000000-0000-4000-8000-000000000000')).expect(404),
      ]) {
        expect(codeOf(response)).toBe('TRACK_NOT_FOUND');
      }
    });

    it('refuses an id that is no UUID', async () => {
      expect(codeOf(await test.http.get(api('/tracks/1')).expect(400))).toBe('VALIDATION_ERROR');
    });
  });

  describe('PUT /tracks/:id', () => {
    it('changes what was sent and nothing else', async () => {
      const track = await newTrack(test, owner, {
        fields: { title: 'Old', genre: 'House', is_public: 'false' },
      });
      const response = await test.http
        .put(api(`/tracks/${track.id}`))
        .set(owner.auth)
        .send({ title: 'New', tags: ['x'] })
        .expect(200);
      expect((response.body as { data: TrackBody }).data).toMatchObject({
        title: 'New',
        tags: ['x'],
        genre: 'House',
        is_public: false,
      });
    });

    it('empties what may be empty', async () => {
      const track = await newTrack(test, owner, { fields: { genre: 'House', album: 'First', key: 'Am' } });
      const response = await test.http
        .put(api(`/tracks/${track.id}`))
        .set(owner.auth)
        .send({ genre: null, album: null, key: null, bpm: null, description: null })
        .expect(200);
      expect((response.body as { data: TrackBody }).data).toMatchObject({
        genre: null,
        album: null,
        key: null,
        bpm: null,
        description: null,
      });
    });

    it('lets administrators change it', async () => {
      await test.http
        .put(api(`/tracks/${listed.id}`))
        .set(admin.auth)
        .send({ bpm: 99 })
        .expect(200);
    });

    it.each([
      { status: 'ready' },
      { user_id: 'x' },
      { title: '' },
      { title: 'x'.repeat(201) },
      { tags: 'a'.repeat(31) },
      { key: 'H' },
      { title: null },
      { artist: null },
      { tags: null },
      { license: null },
      { is_public: null },
    ])('refuses %j', async (body) => {
      const before = await test.sql('SELECT * FROM tracks WHERE id = $1', [listed.id]);
      const response = await test.http
        .put(api(`/tracks/${listed.id}`))
        .set(owner.auth)
        .send(body)
        .expect(400);
      expect(codeOf(response)).toBe('VALIDATION_ERROR');
      expect(await test.sql('SELECT * FROM tracks WHERE id = $1', [listed.id])).toEqual(before);
    });

    it('answers 401 to nobody, 403 to a stranger who may see it, 404 to one who may not', async () => {
      const before = await test.sql('SELECT * FROM tracks ORDER BY id');
      const body = { title: 'Mine now' };
      await test.http
        .put(api(`/tracks/${listed.id}`))
        .send(body)
        .expect(401);
      const forbidden = await test.http
        .put(api(`/tracks/${listed.id}`))
        .set(stranger.auth)
        .send(body)
        .expect(403);
      expect(codeOf(forbidden)).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      const absent = await test.http
        .put(api(`/tracks/${hidden.id}`))
        .set(stranger.auth)
        .send(body)
        .expect(404);
      expect(codeOf(absent)).toBe('TRACK_NOT_FOUND');
      expect(await test.sql('SELECT * FROM tracks ORDER BY id')).toEqual(before);
    });

    it('answers 422 while the track is processing', async () => {
      const track = await newTrack(test, owner);
      await test.sql(`UPDATE tracks SET status = 'processing' WHERE id = $1`, [track.id]);
      const response = await test.http
        .put(api(`/tracks/${track.id}`))
        .set(owner.auth)
        .send({ bpm: 99 })
        .expect(422);
      expect(codeOf(response)).toBe('TRACK_PROCESSING');
      await test.sql(`UPDATE tracks SET status = 'ready' WHERE id = $1`, [track.id]);
      await test.http
        .delete(api(`/tracks/${track.id}`))
        .set(owner.auth)
        .expect(200);
    });
  });

  describe('DELETE /tracks/:id', () => {
    it('hides the track at once and removes its files afterwards', async () => {
      const track = await newTrack(test, owner);
      const file = join(test.uploadDir, 'tracks', track.id, 'original.wav');
      await stat(file);
      await test.http
        .delete(api(`/tracks/${track.id}`))
        .set(owner.auth)
        .expect(200);
      await test.http
        .get(api(`/tracks/${track.id}`))
        .set(owner.auth)
        .expect(404);
      await waitFor(
        () =>
          stat(file).then(
            () => false,
            () => true,
          ),
        { what: 'the file to be removed' },
      );
      await test.http
        .delete(api(`/tracks/${track.id}`))
        .set(owner.auth)
        .expect(404);
    });

    it('refuses a bad id, nobody, and strangers', async () => {
      await test.http.delete(api('/tracks/1')).set(owner.auth).expect(400);
      await test.http.delete(api(`/tracks/${listed.id}`)).expect(401);
      await test.http
        .delete(api(`/tracks/${listed.id}`))
        .set(stranger.auth)
        .expect(403);
      await test.http
        .delete(api(`/tracks/${hidden.id}`))
        .set(stranger.auth)
        .expect(404);
      expect(
        await test.sql('SELECT id FROM tracks WHERE id = ANY($1) AND deleted_at IS NULL', [
          [listed.id, hidden.id],
        ]),
      ).toHaveLength(2);
    });
  });
});

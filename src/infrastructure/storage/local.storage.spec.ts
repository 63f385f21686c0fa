import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseConfig } from '../config/index.js';
import { LocalStorage } from './local.storage.js';
import { StorageLimitExceeded } from './storage.js';

describe('LocalStorage', () => {
  let folder: string;
  let storage: LocalStorage;
  const storageIn = (root: string): LocalStorage =>
    new LocalStorage(
      parseConfig({
        APP_ENV: 'test',
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
        JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
        UPLOAD_DIR: root,
      }),
    );
  const files = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
  const chunks = (...parts: string[]): Readable => Readable.from(parts.map((part) => Buffer.from(part)));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'veza-storage-'));
    storage = storageIn(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  describe('a temporary file', () => {
    it('has all bytes, their number and their hash', async () => {
      const content = Buffer.alloc(3_000_000, 'abcdefg');
      const written = await storage.putTemporary(
        'tmp/a',
        Readable.from([content, Buffer.from('end')]),
        4_000_000,
      );
      const whole = Buffer.concat([content, Buffer.from('end')]);
      expect(written).toEqual({
        sizeBytes: 3_000_003,
        sha256: createHash('sha256').update(whole).digest('hex'),
      });
      expect((await readFile(join(folder, 'tmp/a'))).equals(whole)).toBe(true);
    });

    it('may be empty, and as long as the limit', async () => {
      await expect(storage.putTemporary('tmp/a', chunks(), 3)).resolves.toMatchObject({ sizeBytes: 0 });
      await expect(storage.putTemporary('tmp/b', chunks('ab', 'c'), 3)).resolves.toMatchObject({
        sizeBytes: 3,
      });
    });

    it('is not kept when it is longer than the limit', async () => {
      const endless = Readable.from(
        (function* () {
          for (;;) yield Buffer.from('abc');
        })(),
      );
      const error = await storage.putTemporary('tmp/a', endless, 100).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StorageLimitExceeded);
      expect(endless.destroyed).toBe(true);
      expect(await files()).toEqual([]);
    });

    it('is not kept when its stream breaks', async () => {
      const broken = Readable.from(
        (function* () {
          yield Buffer.from('abc');
          throw new Error('the caller hung up');
        })(),
      );
      await expect(storage.putTemporary('tmp/a', broken, 100)).rejects.toThrow('the caller hung up');
      expect(await files()).toEqual([]);
    });

    it('is never written over', async () => {
      await storage.putTemporary('tmp/a', chunks('first'), 10);
      await expect(storage.putTemporary('tmp/a', chunks('second'), 10)).rejects.toThrow('EEXIST');
      expect(await readFile(join(folder, 'tmp/a'), 'utf8')).toBe('first');
    });

    it('moves to its key, once or many times', async () => {
      await storage.putTemporary('tmp/a', chunks('song'), 10);
      await storage.publish('tmp/a', 'tracks/1/original.mp3');
      await storage.publish('tmp/a', 'tracks/1/original.mp3');
      expect(await readFile(join(folder, 'tracks/1/original.mp3'), 'utf8')).toBe('song');
      expect(await files()).toEqual(['original.mp3']);
    });

    it('must have been there to be published', async () => {
      await expect(storage.publish('tmp/a', 'tracks/1/original.mp3')).rejects.toThrow('ENOENT');
    });

    it('is listed when it is old, and no other is', async () => {
      await expect(storage.listTemporary(new Date())).resolves.toEqual([]);
      for (const name of ['old', 'new']) await storage.putTemporary(`tmp/${name}`, chunks('x'), 10);
      const before = new Date(Date.now() - 3_600_000);
      await utimes(join(folder, 'tmp/old'), before, before);
      await expect(storage.listTemporary(new Date(Date.now() - 60_000))).resolves.toEqual(['tmp/old']);
    });
  });

  it('reads a file and parts of it, both ends included', async () => {
    await storage.putBuffer('covers/1', Buffer.from('0123456789'));
    const read = async (range?: { start: number; end: number }): Promise<string> =>
      String(await buffer(storage.createReadStream('covers/1', range)));
    expect(await read()).toBe('0123456789');
    expect(await read({ start: 2, end: 4 })).toBe('234');
    expect(await read({ start: 9, end: 9 })).toBe('9');
  });

  it('knows the size of a file, and null of what is not there', async () => {
    await storage.putBuffer('covers/1', Buffer.from('0123456789'));
    const stored = await storage.stat('covers/1');
    expect(stored?.sizeBytes).toBe(10);
    expect(Math.abs(Date.now() - (stored?.modifiedAt.getTime() ?? 0))).toBeLessThan(60_000);
    await expect(storage.stat('covers/2')).resolves.toBeNull();
    await expect(storage.stat('covers/1/x')).rejects.toThrow('ENOTDIR');
  });

  it('deletes files, folders of ours and what is not there', async () => {
    await storage.putBuffer('tracks/1/original.mp3', Buffer.from('a'));
    await storage.putBuffer('tracks/1/artwork', Buffer.from('b'));
    await storage.putBuffer('tracks/2/artwork', Buffer.from('c'));
    await storage.delete('tracks/1');
    await storage.delete('tracks/1');
    await storage.delete('tracks/2/nothing');
    expect(await files()).toEqual(['artwork']);
  });

  it.each(['', '.', './', '/', '..', '../x', 'tracks/../..', 'tracks/../../x', '../veza-storage-other/x'])(
    'has no key %j',
    async (key) => {
      await writeFile(join(folder, 'kept'), 'x');
      const calls = [
        () => storage.delete(key),
        () => storage.stat(key),
        () => storage.localPath(key),
        () => storage.putBuffer(key, Buffer.from('x')),
        () => storage.putTemporary(key, chunks('x'), 10),
        async () => storage.createReadStream(key),
      ];
      for (const call of calls)
        await expect((async () => call())()).rejects.toThrow('A storage key may not leave the storage');
      expect(await files()).toEqual(['kept']);
    },
  );

  it('takes a key with a slash in front for one of ours', async () => {
    await expect(storage.localPath('/etc/passwd')).resolves.toBe(join(folder, 'etc/passwd'));
  });

  it.each(['/', '//', '/./'])('works in a folder that is written with %j behind', async (ending) => {
    await storageIn(`${folder}${ending}`).putBuffer('covers/1', Buffer.from('x'));
    await expect(storage.stat('covers/1')).resolves.toMatchObject({ sizeBytes: 1 });
  });

  it('works in a folder behind a link', async () => {
    const link = `${folder}-link`;
    await symlink(folder, link);
    await storageIn(link).putBuffer('covers/1', Buffer.from('x'));
    await rm(link);
    await expect(storage.stat('covers/1')).resolves.toMatchObject({ sizeBytes: 1 });
  });
});

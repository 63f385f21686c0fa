import { synthesizeAdts, synthesizeM4a } from '../../../../test/support/audio-fixtures-aac.js';
import { synthesizeFlac } from '../../../../test/support/audio-fixtures-flac.js';
import {
  oggPage,
  synthesizeOggFlac,
  synthesizeOpus,
  synthesizeVorbisSkeleton,
} from '../../../../test/support/audio-fixtures-ogg.js';
import {
  id3v2Header,
  id3v2Tag,
  synthesizeMp3,
  synthesizeWav,
} from '../../../../test/support/audio-fixtures.js';
import { sniffAudioFormat, SNIFF_BYTES } from './sniff-audio-format.js';

const sniff = (file: Buffer): Promise<string | null> => sniffAudioFormat(file.subarray(0, SNIFF_BYTES));
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('sniffAudioFormat', () => {
  it.each<[string, string, Buffer]>([
    ['mp3', 'MPEG-1 frames', synthesizeMp3()],
    ['mp3', 'MPEG-2 frames', synthesizeMp3({ sampleRateHz: 22_050 })],
    ['mp3', 'MPEG-2.5 frames', synthesizeMp3({ sampleRateHz: 8000, bitrateKbps: 8 })],
    ['mp3', 'frames of changing bitrate', synthesizeMp3({ bitrateKbps: [32, 320, 128] })],
    ['mp3', 'an ID3v2 tag in front', synthesizeMp3({ prefix: id3v2Tag({ TIT2: 'x' }) })],
    [
      'mp3',
      'a tag longer than what is seen',
      Buffer.concat([id3v2Header(500_000), Buffer.alloc(SNIFF_BYTES)]),
    ],
    ['mp3', 'zeros in front', synthesizeMp3({ prefix: Buffer.alloc(3000) })],
    ['wav', 'RIFF', synthesizeWav()],
    ['wav', 'RF64', Buffer.concat([latin1('RF64\xff\xff\xff\xffWAVEds64'), Buffer.alloc(60)])],
    ['flac', 'plain', synthesizeFlac()],
    ['flac', 'an ID3v2 tag in front', Buffer.concat([id3v2Tag({ TIT2: 'x' }), synthesizeFlac()])],
    ['ogg', 'Opus', synthesizeOpus()],
    ['ogg', 'Vorbis', synthesizeVorbisSkeleton()],
    ['ogg', 'FLAC', synthesizeOggFlac()],
    ['m4a', 'brand M4A', synthesizeM4a()],
    ['m4a', 'a brand padded with zero', synthesizeM4a({ majorBrand: 'M4A\0' })],
    ['m4a', 'a neutral brand', synthesizeM4a({ majorBrand: 'mp42' })],
    ['aac', 'ADTS', synthesizeAdts()],
    ['aac', 'ADTS behind a tag', Buffer.concat([id3v2Tag({ TIT2: 'x' }), synthesizeAdts()])],
  ])('says %s for %s', async (format, _what, file) => {
    expect(await sniff(file)).toBe(format);
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([0xff])],
    ['zeros', Buffer.alloc(5000)],
    ['all ones', Buffer.alloc(5000, 0xff)],
    ['HTML', latin1('<!doctype html><html><script>alert(1)</script></html>')],
    [
      'HTML with MP3 frames behind it',
      Buffer.concat([latin1('<html><script>x()</script>'), synthesizeMp3()]),
    ],
    ['a ZIP archive', latin1('PK\x03\x04\x14\0\0\0\x08\0aaaaaaaaaaaaaaaaaaaaaaaa')],
    ['a ZIP archive with MP3 frames', Buffer.concat([latin1('PK\x03\x04\x14\0\0\0\x08\0'), synthesizeMp3()])],
    ['a PNG image', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0')],
    ['a JPEG image', latin1('\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0')],
    ['a Windows program', Buffer.concat([latin1('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff'), Buffer.alloc(200)])],
    ['an ELF program', Buffer.concat([latin1('\x7fELF\x02\x01\x01\0'), Buffer.alloc(200)])],
    ['a PDF', latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj')],
    ['an AVI video', latin1('RIFF\x24\0\0\0AVI LIST')],
    ['AIFF', latin1('FORM\0\0\0\x24AIFFCOMM\0\0\0\x12')],
    ['Matroska', latin1('\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01')],
    ['an MP4 that names a video codec', latin1('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41')],
    ['QuickTime', latin1('\0\0\0\x14ftypqt  \0\0\x02\0qt  ')],
    ['a HEIC image', latin1('\0\0\0\x18ftypheic\0\0\0\0mif1heic')],
    ['Ogg video', oggPage({ sequence: 0, isFirst: true, packets: [latin1('\x80theora\x03\x02\x01')] })],
    ['Ogg Speex', oggPage({ sequence: 0, isFirst: true, packets: [latin1('Speex   1.2')] })],
    [
      'two MPEG headers by chance',
      Buffer.concat([synthesizeMp3().subarray(0, 600), Buffer.alloc(5000, 0x55)]),
    ],
  ])('refuses %s', async (_what, file) => {
    expect(await sniff(file)).toBeNull();
  });

  it('believes the name about what a tag hides, but only for formats that carry such a tag', async () => {
    const hidden = Buffer.concat([id3v2Header(500_000), Buffer.alloc(SNIFF_BYTES)]);
    expect(await sniffAudioFormat(hidden, 'flac')).toBe('flac');
    expect(await sniffAudioFormat(hidden, 'wav')).toBe('mp3');
    expect(await sniffAudioFormat(Buffer.concat([id3v2Tag({}), synthesizeFlac()]), 'mp3')).toBe('flac');
  });

  it('gives an answer for every prefix of a file', async () => {
    for (const file of [
      synthesizeMp3(),
      synthesizeWav(),
      synthesizeFlac(),
      synthesizeOpus(),
      synthesizeM4a(),
    ]) {
      for (let length = 0; length < 300; length += 1) {
        const answer = await sniffAudioFormat(file.subarray(0, length));
        expect([null, 'mp3', 'wav', 'flac', 'ogg', 'm4a']).toContain(answer);
      }
    }
  });
});

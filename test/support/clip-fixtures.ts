/** The clips that tests process: those of test/fixtures/clips, and more where they lie beside the repository. */
import expected from '../fixtures/clips/expected.json';

/** What ffprobe says of a clip; scripts/probe-clip.mjs has the fields' meaning. */
export type ExpectedClip = Readonly<{
  video: Readonly<{
    codec: string;
    width: number;
    height: number;
    rotation: number;
    pixelAspect: number;
  }> | null;
  timestampsUs: readonly number[];
  sounds: readonly ExpectedSound[];
  durationS: number;
}>;

export type ExpectedSound = Readonly<{
  codec: string;
  channels: number;
  sampleRate: number;
  packets: number;
  startS: number;
  endS: number;
}>;

const FIXTURES: Readonly<Record<string, ExpectedClip>> = expected.fixtures;
const MEDIA: Readonly<Record<string, ExpectedClip>> = expected.media;

const fixtureUrls = byName(import.meta.glob<string>('../fixtures/clips/*.{mp4,webm,mov}', { query: '?url', import: 'default', eager: true })); // prettier-ignore
const mediaUrls = byName(import.meta.glob<string>('../../../shared/media/*.{mp4,webm}', { query: '?url', import: 'default', eager: true })); // prettier-ignore

function byName(urls: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(urls).map(([path, url]) => [path.slice(path.lastIndexOf('/') + 1), url]),
  );
}

/** No picture in it that can be filtered: what must be refused. */
export const REFUSED: readonly string[] = [
  'hdr-hlg.mp4',
  'hdr-pq.mp4',
  'hdr-pq.webm',
  'hevc.mp4',
  'mpeg4.mp4',
  'no-frames.mp4',
  'sound-only.mp4',
];

/** No reader knows its sound: refused, unless it is to have none. */
export const UNKNOWN_SOUND = 'mp3.mov';

export const FIXTURE_NAMES: readonly string[] = Object.keys(FIXTURES).filter((name) => name !== UNKNOWN_SOUND && !REFUSED.includes(name)); // prettier-ignore

/** All that there are figures of. */
export const MEDIA_NAMES: readonly string[] = Object.keys(MEDIA);

/** Whether the folder of further clips is here. */
export const HAS_MEDIA = Object.keys(mediaUrls).length > 0;

export const FIXTURE_URLS = fixtureUrls;

export function expectedOf(name: string): ExpectedClip {
  const found = FIXTURES[name] ?? MEDIA[name];
  if (found === undefined) throw new RangeError(`no figures of ${name}`);
  return found;
}

/** @throws RangeError where there is none of this name. */
export async function clipFile(name: string): Promise<File> {
  const url = fixtureUrls[name] ?? mediaUrls[name];
  if (url === undefined) throw new RangeError(`no clip ${name}`);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new File([await response.blob()], name);
}

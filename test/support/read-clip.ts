/** What is in a clip: its tracks, every packet of them, and its pictures as decoded planes. Runs in a page. */
import {
  ALL_FORMATS,
  AudioSampleSink,
  BlobSource,
  EncodedPacketSink,
  Input,
  VideoSampleSink,
  type EncodedPacket,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';
import type { FramePlanes } from './frame-planes.ts';
import { planesOf } from './clip-planes.ts';

export type ReadPacket = Readonly<{
  timestampS: number;
  durationS: number;
  isKey: boolean;
  data: Uint8Array;
}>;

export type ReadPicture = Readonly<{
  codec: string;
  /** As it is coded. */
  width: number;
  height: number;
  /** In degrees clockwise. */
  rotation: number;
  pixelAspect: number;
  /** In the order in which they are shown; those before 0 are not. */
  timestampsUs: readonly number[];
  packets: readonly ReadPacket[];
}>;

export type ReadSound = Readonly<{
  codec: string;
  channels: number;
  sampleRate: number;
  language: string;
  packets: readonly ReadPacket[];
}>;

export type ReadClip = Readonly<{
  format: string;
  mimeType: string;
  durationS: number;
  video: ReadPicture | null;
  sounds: readonly ReadSound[];
}>;

/** Opens a clip, and closes it when `read` is through. */
async function withInput<Result>(clip: Blob, read: (input: Input) => Promise<Result>): Promise<Result> {
  const input = new Input({ source: new BlobSource(clip), formats: ALL_FORMATS });
  try {
    return await read(input);
  } finally {
    input.dispose();
  }
}

export function readClip(clip: Blob): Promise<ReadClip> {
  return withInput(clip, async (input) => {
    const video = await input.getPrimaryVideoTrack();
    const sounds: ReadSound[] = [];
    for (const track of await input.getAudioTracks()) sounds.push(await soundOf(track));
    return {
      format: (await input.getFormat()).name,
      mimeType: await input.getMimeType(),
      durationS: await input.computeDuration(),
      video: video === null ? null : await pictureOf(video),
      sounds,
    };
  });
}

async function pictureOf(track: InputVideoTrack): Promise<ReadPicture> {
  const packets = await packetsOf(track);
  const aspect = await track.getPixelAspectRatio();
  return {
    codec: (await track.getCodec()) ?? 'unknown',
    width: await track.getCodedWidth(),
    height: await track.getCodedHeight(),
    rotation: await track.getRotation(),
    pixelAspect: aspect.num / aspect.den,
    timestampsUs: packets
      .map(({ timestampS }) => Math.round(1e6 * timestampS))
      .filter((timestampUs) => timestampUs >= 0)
      .sort((a, b) => a - b),
    packets,
  };
}

async function soundOf(track: InputAudioTrack): Promise<ReadSound> {
  return {
    codec: (await track.getCodec()) ?? 'unknown',
    channels: await track.getNumberOfChannels(),
    sampleRate: await track.getSampleRate(),
    language: await track.getLanguageCode(),
    packets: await packetsOf(track),
  };
}

async function packetsOf(track: InputVideoTrack | InputAudioTrack): Promise<readonly ReadPacket[]> {
  const packets: ReadPacket[] = [];
  const read = ({ timestamp, duration, type, data }: EncodedPacket): ReadPacket => ({ timestampS: timestamp, durationS: duration, isKey: type === 'key', data }); // prettier-ignore
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(read(packet));
  return packets;
}

/** A decoded picture, as it lies in the file. */
export type DecodedPicture = Readonly<{ timestampUs: number; planes: FramePlanes }>;

/** All pictures that are shown, or those that `isWanted` by their number. */
export function decodePictures(
  clip: Blob,
  isWanted: (index: number) => boolean = () => true,
): Promise<readonly DecodedPicture[]> {
  return withInput(clip, async (input) => {
    const track = await input.getPrimaryVideoTrack();
    if (track === null) throw new Error('no picture in the clip');
    const pictures: DecodedPicture[] = [];
    let index = 0;
    for await (const sample of new VideoSampleSink(track).samples()) {
      const timestampUs = Math.round(1e6 * sample.timestamp);
      if (timestampUs >= 0 && isWanted(index++)) {
        const frame = sample.toVideoFrame();
        pictures.push({ timestampUs, planes: await planesOf(frame) });
        frame.close();
      }
      sample.close();
    }
    return pictures;
  });
}

/** A track of sound: channel 0 as samples, the first of them at `startS`. */
export type DecodedSound = Readonly<{ sampleRate: number; startS: number; samples: Float32Array }>;

/** What would be heard: from 0 on. */
export function decodeSound(clip: Blob, track = 0): Promise<DecodedSound> {
  return withInput(clip, async (input) => {
    const found = (await input.getAudioTracks())[track];
    if (found === undefined) throw new Error(`no sound ${track} in the clip`);
    const pieces: { atS: number; samples: Float32Array }[] = [];
    let sampleRate = 0;
    for await (const sample of new AudioSampleSink(found).samples()) {
      sampleRate = sample.sampleRate;
      const samples = new Float32Array(sample.numberOfFrames);
      sample.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      pieces.push({ atS: sample.timestamp, samples });
      sample.close();
    }
    return joined(pieces, sampleRate);
  });
}

/** Pieces at their own times: what is missing between them is silence. */
function joined(
  pieces: readonly Readonly<{ atS: number; samples: Float32Array }>[],
  sampleRate: number,
): DecodedSound {
  const startS = Math.max(0, pieces[0]?.atS ?? 0);
  const at = (timeS: number) => Math.round((timeS - startS) * sampleRate);
  const length = Math.max(0, ...pieces.map(({ atS, samples }) => at(atS) + samples.length));
  const all = new Float32Array(length);
  for (const { atS, samples } of pieces) {
    const from = at(atS);
    all.set(from < 0 ? samples.subarray(-from) : samples, Math.max(0, from));
  }
  return { sampleRate, startS, samples: all };
}

/** Reads back what was recorded: packets, pictures, sound, and what a `<video>` makes of it. */
import { ALL_FORMATS, AudioSampleSink, BlobSource, EncodedPacketSink, Input, VideoSampleSink, type InputTrack } from 'mediabunny'; // prettier-ignore

export type ReadRecording = Readonly<{
  /** When frames are shown, in µs. */
  timestampsUs: readonly number[];
  /** Of the packets of the sound, in s; empty where there is none. */
  soundS: readonly number[];
  durationS: number;
  width: number;
  height: number;
  videoCodec: string;
  audioCodec: string | null;
}>;

const opened = (file: Blob): Input => new Input({ source: new BlobSource(file), formats: ALL_FORMATS });

async function timestampsOf(track: InputTrack): Promise<number[]> {
  const timestamps: number[] = [];
  for await (const { timestamp } of new EncodedPacketSink(track).packets()) timestamps.push(timestamp);
  return timestamps;
}

export async function readRecording(file: Blob): Promise<ReadRecording> {
  const input = opened(file);
  const video = (await input.getPrimaryVideoTrack())!;
  const audio = await input.getPrimaryAudioTrack();
  return {
    timestampsUs: (await timestampsOf(video)).map((s) => Math.round(s * 1e6)),
    soundS: audio === null ? [] : await timestampsOf(audio),
    durationS: await input.computeDuration(),
    width: await video.getDisplayWidth(),
    height: await video.getDisplayHeight(),
    videoCodec: String(await video.getCodec()),
    audioCodec: audio === null ? null : String(await audio.getCodec()),
  };
}

export type ReadPicture = Readonly<{
  timestampS: number;
  width: number;
  height: number;
  rgba: Uint8ClampedArray;
}>;

/** Each frame, decoded, in its own size. */
export async function* picturesOf(file: Blob): AsyncGenerator<ReadPicture> {
  const video = (await opened(file).getPrimaryVideoTrack())!;
  let context: OffscreenCanvasRenderingContext2D | null = null;
  for await (const sample of new VideoSampleSink(video).samples()) {
    const { displayWidth: width, displayHeight: height, timestamp } = sample;
    context ??= new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    sample.draw(context, 0, 0, width, height);
    sample.close();
    yield { timestampS: timestamp, width, height, rgba: context.getImageData(0, 0, width, height).data };
  }
}

export type ReadSound = Readonly<{ sampleRate: number; channels: number; samples: Float32Array }>;

/** The first channel, from 0 on. */
export async function soundOf(file: Blob): Promise<ReadSound> {
  const track = (await opened(file).getPrimaryAudioTrack())!;
  const [sampleRate, channels] = [await track.getSampleRate(), await track.getNumberOfChannels()];
  const samples = new Float32Array(Math.ceil((await track.computeDuration()) * sampleRate) + sampleRate);
  for await (const sample of new AudioSampleSink(track).samples()) {
    const part = new Float32Array(sample.numberOfFrames);
    sample.copyTo(part, { planeIndex: 0, format: 'f32-planar' });
    samples.set(part, Math.max(0, Math.round(sample.timestamp * sampleRate)));
    sample.close();
  }
  return { sampleRate, channels, samples };
}

/** When a sound of more than `level` begins after at least 100 ms of less, in s. */
export function onsetsOf({ samples, sampleRate }: ReadSound, level = 0.05): readonly number[] {
  const onsets: number[] = [];
  let lastLoud = -Infinity;
  for (const [at, value] of samples.entries()) {
    if (Math.abs(value) <= level) continue;
    if (at - lastLoud > sampleRate / 10) onsets.push(at / sampleRate);
    lastLoud = at;
  }
  return onsets;
}

export type Played = Readonly<{
  durationS: number;
  width: number;
  height: number;
  soughtS: readonly number[];
}>;

/** Opens it as a page would and seeks: where each seek arrived. @throws what the element says */
export async function play(file: Blob, seeksS: (durationS: number) => readonly number[]): Promise<Played> {
  const video = document.createElement('video');
  const url = URL.createObjectURL(file);
  const event = (name: string) =>
    new Promise<void>((resolve, reject) => {
      video.addEventListener(name, () => { resolve(); }, { once: true }); // prettier-ignore
      video.addEventListener('error', () => { reject(new Error(video.error?.message)); }, { once: true }); // prettier-ignore
    });
  try {
    const loaded = event('loadeddata');
    video.src = url;
    await loaded;
    const { duration: durationS, videoWidth: width, videoHeight: height } = video;
    const soughtS: number[] = [];
    for (const seekS of seeksS(durationS)) {
      const sought = event('seeked');
      video.currentTime = seekS;
      await sought;
      soughtS.push(video.currentTime);
    }
    return { durationS, width, height, soughtS };
  } finally {
    video.removeAttribute('src');
    URL.revokeObjectURL(url);
  }
}

/** Opens a clip for reading, in a worker, and says in words why where that can't be. */
import {
  ALL_FORMATS,
  BlobSource,
  EncodedPacketSink,
  Input,
  UrlSource,
  type FrameRateMetrics,
  type InputAudioTrack,
  type InputVideoTrack,
  type Source,
} from 'mediabunny';
import { PipelineError } from '../core/errors.ts';
import type { ReadBytes } from './boxes.ts';
import { asUnreadable, unreadable } from './clip-faults.ts';
import type { ClipInfo, ClipInput } from './clip-types.ts';
import { isCutOff } from './cut-off.ts';
import { editEnds } from './edit-ends.ts';

/** A clip that is open. `dispose` ends all reading. */
export type OpenInput = Readonly<{
  input: Input;
  /** The picture that is processed: the first one that the file calls its main one. */
  video: InputVideoTrack;
  /** Pictures that are left out. */
  otherVideos: number;
  audios: readonly InputAudioTrack[];
  info: ClipInfo;
  /** Of the first frame that is shown, in s: most often 0. */
  beginsS: number;
  /** Where edit lists end the picture and each sound, in s; infinite where none does. */
  endS: number;
  audioEndsS: readonly number[];
  /** The file ends before it says it does. */
  isCutOff: boolean;
  dispose(): void;
}>;

const FRAMES_FOR_RATE = 100;
/** Packets of most sounds are no longer. */
const SOUND_PACKET_S = 0.06;

/**
 * @throws PipelineError `clip-unreadable`: no such file, none that is a clip, none with a picture, one in HDR.
 * @throws PipelineError `codec-unsupported`: a picture that this browser can't decode.
 */
export async function openInput(from: ClipInput): Promise<OpenInput> {
  const blob = await blobOf(from);
  if (blob?.size === 0) throw unreadable('The file is empty (0 bytes).');
  const input = new Input({ source: sourceOf(from, blob), formats: ALL_FORMATS });
  try {
    return await inspect(input, from, blob);
  } catch (error) {
    input.dispose();
    throw asUnreadable(error);
  }
}

/** @returns null for what is fetched. @throws PipelineError `clip-unreadable` */
export async function blobOf(from: ClipInput): Promise<Blob | null> {
  if (from instanceof Blob) return from;
  if (typeof from === 'string' || from instanceof URL) return null;
  try {
    return await from.getFile();
  } catch (error) {
    throw unreadable('The file can no longer be read: it was moved, or access to it was taken back.', error);
  }
}

export function sourceOf(from: ClipInput, blob: Blob | null): Source {
  return blob === null ? new UrlSource(from as string | URL) : new BlobSource(blob);
}

/** A server that does not know of ranges gives nothing: it is not asked for the whole. */
function readerOf(from: ClipInput, blob: Blob | null): ReadBytes {
  if (blob !== null)
    return async (at, length) => new Uint8Array(await blob.slice(at, at + length).arrayBuffer());
  return async (at, length) => {
    const response = await fetch(from as string | URL, {
      headers: { Range: `bytes=${at}-${at + length - 1}` },
    });
    if (response.status === 206) return new Uint8Array(await response.arrayBuffer());
    await response.body?.cancel();
    return new Uint8Array();
  };
}

async function inspect(input: Input, from: ClipInput, blob: Blob | null): Promise<OpenInput> {
  if (!(await input.canRead()))
    throw unreadable('This is no video file that can be read. MP4, MOV, WebM, MKV and MPEG-TS files can.');
  const video = await input.getPrimaryVideoTrack();
  const audios = await input.getAudioTracks();
  if (video === null)
    throw unreadable(audios.length > 0 ? 'There is sound in this file, but no picture.' : 'There is no picture in this file.'); // prettier-ignore
  await checkPicture(video);
  const rate = await video.computeFrameRateMetrics({ targetPacketCount: FRAMES_FOR_RATE });
  const videos = await input.getVideoTracks();
  const codecs = await Promise.all(audios.map(codecNameOf));
  const sizeBytes = blob?.size ?? (await input.source.getSizeOrNull());
  const read = readerOf(from, blob);
  const ends = sizeBytes === null ? new Map<number, number>() : await editEnds(read, sizeBytes);
  const fps = fpsOf(rate);
  const endS = await cutEndOf(video, ends, 1 / fps);
  return {
    input,
    video,
    otherVideos: videos.length - 1,
    audios,
    beginsS: Math.max(0, await video.getFirstTimestamp()),
    endS,
    audioEndsS: await Promise.all(audios.map((audio) => cutEndOf(audio, ends, SOUND_PACKET_S))),
    isCutOff: sizeBytes !== null && (await isCutOff(read, sizeBytes)),
    info: {
      format: (await input.getFormat()).name,
      ...(await shownSizeOf(video)),
      rotation: await video.getRotation(),
      durationS: Math.min(await durationOf(video), endS),
      fps,
      videoCodec: await codecNameOf(video),
      audioCodecs: codecs,
      sizeBytes,
    },
    dispose: () => {
      input.dispose();
    },
  };
}

/** @throws PipelineError */
async function checkPicture(video: InputVideoTrack): Promise<void> {
  const codec = await codecNameOf(video);
  // An empty track has no codec to speak of: that it is empty says more.
  if ((await new EncodedPacketSink(video).getFirstPacket({ metadataOnly: true })) === null)
    throw unreadable('There is no frame in this file.');
  if (!(await video.canDecode()))
    throw new PipelineError(
      'codec-unsupported',
      `This browser can not decode the picture of this clip (${codec}). Convert it to H.264, VP9 or AV1 first, or use another browser.`,
      { context: { codec } },
    );
  if (await video.hasHighDynamicRange())
    throw unreadable(
      'This clip is HDR (its colours are coded as PQ or HLG), which the filters would get wrong. Convert it to SDR first: ffmpeg’s zscale and tonemap filters do that.',
    );
}

/** Lists round: what is cut off is half a packet at least, and lists of whole tracks end with them. */
async function cutEndOf(
  track: InputVideoTrack | InputAudioTrack,
  ends: ReadonlyMap<number, number>,
  packetS: number,
): Promise<number> {
  const endS = ends.get(track.id);
  if (endS === undefined) return Infinity;
  return endS < (await track.computeDuration()) - packetS / 2 ? endS : Infinity;
}

/** A clip of one frame has no rate: any will do. */
function fpsOf({ underlyingFrameRate, averageFrameRate }: FrameRateMetrics): number {
  const fps = underlyingFrameRate ?? averageFrameRate;
  return Number.isFinite(fps) && fps > 0 ? fps : 25;
}

/** Upright, in the pixels of the file, but on each axis no more than it is shown with: as `fullSizeOf` has it. */
async function shownSizeOf(video: InputVideoTrack): Promise<Pick<ClipInfo, 'width' | 'height'>> {
  const width = Math.min(await video.getCodedWidth(), await video.getSquarePixelWidth());
  const height = Math.min(await video.getCodedHeight(), await video.getSquarePixelHeight());
  return (await video.getRotation()) % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** From the file's own statement where it has one: looking at every packet of a long file takes long. */
async function durationOf(video: InputVideoTrack): Promise<number> {
  return (await video.getDurationFromMetadata()) ?? (await video.computeDuration());
}

async function codecNameOf(track: InputVideoTrack | InputAudioTrack): Promise<string> {
  const known = await track.getCodec();
  if (known !== null) return known;
  const internal = await track.getInternalCodecId();
  return typeof internal === 'string' || typeof internal === 'number' ? String(internal).trim() : 'unknown codec'; // prettier-ignore
}

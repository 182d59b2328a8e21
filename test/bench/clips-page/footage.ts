/** The clips that are processed: real footage at any size and length, encoded by this browser. */
import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  CanvasSink,
  CanvasSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  Output,
  Quality,
  StreamTarget,
  type EncodedPacket,
} from 'mediabunny';
import type { ClipShape } from '../clips-protocol.ts';
import { blobOf } from './output-blob.ts';

const SAMPLE = './sample.webm';
export const FPS = 30;
/** Of the long clip, whose bytes are only there to be read: what costs memory is its frames. */
const LONG_BITRATE = 2_000_000;
const LONG_LOOP_FRAMES = 2 * FPS;

/** To its end and back again, so that nothing jumps. */
export async function makeFootage(shape: ClipShape, bitrate?: number): Promise<Blob> {
  const { width, height, frames } = shape;
  const input = new Input({ source: new BlobSource(await fetchSample()), formats: ALL_FORMATS });
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser has no canvas in 2D');
  const quality = bitrate === undefined ? new Quality('high') : new Quality({ bitrate });
  const source = new CanvasSource(canvas, { codec: 'avc', quality, keyFrameInterval: 2 });
  output.addVideoTrack(source, { frameRate: FPS });
  await output.start();
  const pictures = await picturesOf(input, Math.min(frames, Math.ceil(frames / 2) + 1));
  const period = Math.max(1, 2 * pictures.length - 2);
  for (let frame = 0; frame < frames; frame++) {
    const at = frame % period;
    const picture = pictures[at < pictures.length ? at : period - at];
    if (picture === undefined) throw new Error('the sample has no picture');
    context.drawImage(picture, 0, 0, width, height);
    await source.add(frame / FPS, 1 / FPS);
  }
  for (const picture of pictures) picture.close();
  await output.finalize();
  input.dispose();
  return blobOf(target);
}

async function fetchSample(): Promise<Blob> {
  return (await fetch(SAMPLE)).blob();
}

async function picturesOf(input: Input, count: number): Promise<ImageBitmap[]> {
  const track = await input.getPrimaryVideoTrack();
  if (track === null) throw new Error('the sample has no picture');
  const pictures: ImageBitmap[] = [];
  for await (const { canvas } of new CanvasSink(track, { poolSize: 1 }).canvases()) {
    pictures.push(await createImageBitmap(canvas));
    if (pictures.length === count) break;
  }
  return pictures;
}

/** A few seconds, encoded once and repeated in their packets to the full length. */
export async function writeLongClip(shape: ClipShape, file: FileSystemFileHandle): Promise<number> {
  const loop = await makeFootage({ ...shape, frames: LONG_LOOP_FRAMES }, LONG_BITRATE);
  const input = new Input({ source: new BlobSource(loop), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  if (track === null) throw new Error('what was encoded has no picture');
  const packets: EncodedPacket[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
  const decoderConfig = await track.getDecoderConfig();
  const meta = decoderConfig === null ? {} : { decoderConfig };
  const target = new StreamTarget(await file.createWritable(), { chunked: true });
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: false }), target });
  const source = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(source, { frameRate: FPS });
  await output.start();
  for (let frame = 0; frame < shape.frames; frame++) {
    const packet = packets[frame % packets.length];
    if (packet !== undefined) await source.add(packet.clone({ timestamp: frame / FPS }), meta);
  }
  await output.finalize();
  input.dispose();
  return (await file.getFile()).size;
}

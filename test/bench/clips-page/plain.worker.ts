/**
 * Clips without a filter: decoded, or decoded and encoded again, by the same library with the same options as
 * src/clips/process-clip.ts.
 */
import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  Input,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSampleSink,
  VideoSampleSource,
  type InputVideoTrack,
} from 'mediabunny';
import type { PlainAnswer, PlainRequest } from '../clips-protocol.ts';
import { blobOf } from './output-blob.ts';

globalThis.onmessage = ({ data }: MessageEvent<PlainRequest>) => {
  answer(data).then(
    (one) => {
      globalThis.postMessage(one);
    },
    (error: unknown) => {
      globalThis.postMessage({ fault: String(error) } satisfies PlainAnswer);
    },
  );
};

async function answer({ work, input: blob }: PlainRequest): Promise<PlainAnswer> {
  const input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (track === null) throw new Error('no picture');
    return work === 'decode' ? await decode(track) : await transcode(track);
  } finally {
    input.dispose();
  }
}

async function decode(track: InputVideoTrack): Promise<PlainAnswer> {
  let frames = 0;
  for await (const sample of new VideoSampleSink(track).samples()) {
    sample.close();
    frames++;
  }
  return { frames, output: null };
}

async function transcode(track: InputVideoTrack): Promise<PlainAnswer> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const source = new VideoSampleSource({
    codec: 'avc',
    quality: new Quality('high'),
    keyFrameInterval: 2,
    latencyMode: 'quality',
  });
  output.addVideoTrack(source);
  await output.start();
  let frames = 0;
  for await (const sample of new VideoSampleSink(track).samples()) {
    await source.add(sample);
    sample.close();
    frames++;
  }
  await output.finalize();
  return { frames, output: blobOf(target) };
}

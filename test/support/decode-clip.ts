/**
 * Decodes a WebM clip with Chromium's own decoder (WebCodecs, in a page of its own), so that no other program is needed.
 * Runs in Node; the function handed to the page runs there. Owns the browser it starts.
 */
import { chromium } from '@playwright/test';
import { fromBase64, installToBase64, type ToBase64 } from './page-bytes.ts';
import type { I420Picture } from './picture.ts';
import { readWebm, type WebmVideo } from './webm.ts';

/** WebCodecs needs a secure context; localhost is one, and the request never leaves the browser. */
const PAGE_URL = 'http://localhost/decode-clip';

/** VP9's string names profile 0, the smallest level and 8 bits: Chromium's software decoder asks no more. */
const CODEC_STRING = { vp8: 'vp8', vp9: 'vp09.00.10.08' } as const;

type PackedPicture = Readonly<{ width: number; height: number; base64: string }>;

export type DecodeOptions = Readonly<{
  /** The Chromium to start. */
  executablePath: string;
  /** Its arguments. */
  args: readonly string[];
  /** How many pictures to decode at most, from the start of the clip. */
  count: number;
}>;

/** Calls `onPicture` with each picture, in order; they are not kept. */
export async function decodeClip(
  clip: Uint8Array,
  options: DecodeOptions,
  onPicture: (picture: I420Picture) => void,
): Promise<void> {
  const video = readWebm(clip);
  const browser = await chromium.launch({ executablePath: options.executablePath, args: [...options.args] });
  try {
    const page = await browser.newPage();
    await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    await page.goto(PAGE_URL);
    await installToBase64(page);
    await page.exposeFunction('takePicture', (packed: PackedPicture) => onPicture(unpack(packed)));
    await page.evaluate(decodeInPage, pageArguments(video, options.count));
  } finally {
    await browser.close();
  }
}

type PageArguments = Readonly<{
  codec: string;
  packets: readonly Readonly<{ timestamp: number; type: EncodedVideoChunkType; base64: string }>[];
}>;

const pageArguments = (video: WebmVideo, count: number): PageArguments => ({
  codec: CODEC_STRING[video.codec],
  packets: video.packets.slice(0, count).map(({ timestampUs, key, data }) => ({
    timestamp: timestampUs,
    type: key ? 'key' : 'delta',
    base64: Buffer.from(data).toString('base64'),
  })),
});

/** In the page. One picture is out at a time, so the page never holds more than the decoder's own pool. */
async function decodeInPage({ codec, packets }: PageArguments): Promise<void> {
  const takePicture = Reflect.get(globalThis, 'takePicture') as (picture: PackedPicture) => Promise<void>;
  const toBase64 = Reflect.get(globalThis, 'toBase64') as ToBase64;
  const handOver = async (frame: VideoFrame): Promise<void> => {
    try {
      if (frame.format !== 'I420')
        throw new Error(`decoded to ${frame.format ?? 'an opaque format'}, not to I420`);
      const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
      const bytes = new Uint8Array(frame.allocationSize());
      await frame.copyTo(bytes);
      await takePicture({ width, height, base64: await toBase64(bytes) });
    } finally {
      frame.close();
    }
  };
  let handing = Promise.resolve();
  const failures: DOMException[] = [];
  const decoder = new VideoDecoder({
    output: (frame) => {
      handing = handing.then(() => handOver(frame));
    },
    error: (error) => failures.push(error),
  });
  decoder.configure({ codec, hardwareAcceleration: 'prefer-software' });
  for (const { timestamp, type, base64 } of packets) {
    const data = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    decoder.decode(new EncodedVideoChunk({ timestamp, type, data }));
    while (decoder.decodeQueueSize > 2 && failures.length === 0)
      await new Promise((wake) => setTimeout(wake, 1));
    await handing;
  }
  if (failures.length === 0) await decoder.flush();
  await handing;
  if (failures.length > 0) throw new Error('the decoder gave up', { cause: failures[0] });
  decoder.close();
}

function unpack({ width, height, base64 }: PackedPicture): I420Picture {
  const bytes = fromBase64(base64);
  const luma = width * height;
  const chroma = (bytes.length - luma) / 2;
  return {
    width,
    height,
    y: bytes.subarray(0, luma),
    u: bytes.subarray(luma, luma + chroma),
    v: bytes.subarray(luma + chroma),
  };
}

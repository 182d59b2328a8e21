/** Which codecs this browser encodes at a clip's size, and which of them go into which kind of file. */
import type { ClipContainer, ClipVideoCodec } from 'convolux/clips';

export const containerCodecs: Readonly<Record<ClipContainer, readonly ClipVideoCodec[]>> = {
  mp4: ['avc', 'hevc', 'vp9', 'av1'],
  webm: ['vp9', 'vp8', 'av1'],
};

/** One of each, of a level that is high enough for anything that a browser plays. */
const examples: Readonly<Record<ClipVideoCodec, string>> = {
  avc: 'avc1.640034',
  hevc: 'hev1.1.6.L153.B0',
  vp9: 'vp09.00.51.08',
  vp8: 'vp8',
  av1: 'av01.0.13M.08',
};

export async function encodableCodecs(width: number, height: number): Promise<ReadonlySet<ClipVideoCodec>> {
  const encoder = Reflect.get(globalThis, 'VideoEncoder') as typeof VideoEncoder | undefined;
  if (encoder === undefined) return new Set();
  const found = await Promise.all(
    (Object.entries(examples) as [ClipVideoCodec, string][]).map(async ([name, codec]) => {
      const { supported } = await encoder
        .isConfigSupported({ codec, width, height })
        .catch(() => ({ supported: false }));
      return supported === true ? [name] : [];
    }),
  );
  return new Set(found.flat());
}

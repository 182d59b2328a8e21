/** A real picture (test/fixtures, CC0) as RGB bytes, cut to a size, and what the planes of a camera make of it. */
import pictureUrl from '../fixtures/flower-640x360.jpg?url';

export type Rgb = Readonly<{ width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> }>;
export type Planes = Readonly<{ width: number; height: number; y: Uint8Array; u: Uint8Array; v: Uint8Array }>;

/** RGBA bytes of the picture's upper left part. */
export async function realPicture(width: number, height: number): Promise<Rgb> {
  const bitmap = await createImageBitmap(await (await fetch(pictureUrl)).blob());
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2D canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return {
    width,
    height,
    data: context.getImageData(0, 0, width, height).data,
  };
}

/** The same part as planes: Y, and every second pixel's colour. What they mean is the tests' to say. */
export async function realPlanes(width: number, height: number): Promise<Planes> {
  const { data } = await realPicture(width, height);
  const [chromaWidth, chromaHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const y = Uint8Array.from({ length: width * height }, (_, i) => data[4 * i + 1] ?? 0);
  const chroma = (channel: number) =>
    Uint8Array.from({ length: chromaWidth * chromaHeight }, (_, i) => {
      const [cx, cy] = [i % chromaWidth, Math.floor(i / chromaWidth)];
      const pixel = 2 * cy * width + 2 * cx;
      return 128 + ((data[4 * pixel + channel] ?? 0) - (data[4 * pixel + 1] ?? 0)) / 2;
    });
  return { width, height, y, u: chroma(2), v: chroma(0) };
}

export function frameOfPlanes({ width, height, y, u, v }: Planes, fullRange: boolean): VideoFrame {
  const bytes = new Uint8Array(y.length + u.length + v.length);
  bytes.set(y);
  bytes.set(u, y.length);
  bytes.set(v, y.length + u.length);
  return new VideoFrame(bytes, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange },
  });
}

export function frameOfRgb({ width, height, data }: Rgb): VideoFrame {
  return new VideoFrame(data, {
    format: 'RGBX',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: { matrix: 'rgb', primaries: 'bt709', transfer: 'iec61966-2-1', fullRange: true },
  });
}

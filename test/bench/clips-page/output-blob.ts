import type { BufferTarget } from 'mediabunny';

export function blobOf({ buffer }: BufferTarget): Blob {
  if (buffer === null) throw new Error('nothing was written');
  return new Blob([buffer], { type: 'video/mp4' });
}

/** Times, sizes and codecs as the pages write them. */

/** '0:03.2', '1:02:03.4'; of `digits` digits after the point. Whole seconds are those that are over, as on a clock. */
export function clock(seconds: number, digits = 1): string {
  if (!Number.isFinite(seconds)) return '–';
  const scale = 10 ** digits;
  const scaled = Math.max(0, seconds) * scale;
  const whole = digits === 0 ? Math.floor(scaled) : Math.round(scaled);
  const rest = whole % scale;
  const total = Math.floor(whole / scale);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const fraction = digits === 0 ? '' : `.${String(rest).padStart(digits, '0')}`;
  return `${h > 0 ? `${h}:${two(m)}` : m}:${two(s)}${fraction}`;
}

/** '554 kB', '3.4 MB', '1.24 GB'. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 999_500) return `${Math.round(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** 'about 2 minutes', '12 s': as exact as a guess can be. */
export function timeLeft(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(seconds / 3600).toFixed(1)} h`;
}

const codecs: Readonly<Record<string, string>> = {
  avc: 'H.264',
  hevc: 'H.265',
  vp8: 'VP8',
  vp9: 'VP9',
  av1: 'AV1',
  aac: 'AAC',
  opus: 'Opus',
  mp3: 'MP3',
  vorbis: 'Vorbis',
  flac: 'FLAC',
};

export function codecName(codec: string): string {
  return codecs[codec] ?? codec;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

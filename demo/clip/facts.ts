/** What is open: its name, and what it is made of. */
import type { Clip, ClipInfo } from 'convolux/clips';
import { element, factList, type Fact } from '../shared/elements.ts';
import { required } from '../shared/required.ts';
import { byteSize, clock, codecName } from '../shared/words.ts';
import type { Result, Store } from './store.ts';

export function mountFacts(store: Store): void {
  const place = required('[data-role=facts]', HTMLElement);
  store
    .select(({ clip }) => clip)
    .subscribe((clip) => {
      place.hidden = clip.status !== 'open';
      if (clip.status !== 'open') return;
      place.replaceChildren(element('h2', 'clip-name', clip.source.name), factList(factsOf(clip.info)));
    });
}

function factsOf(info: ClipInfo): readonly Fact[] {
  const { format, width, height, durationS, fps, videoCodec, audioCodecs, sizeBytes } = info;
  return [
    { label: 'Format', value: `${format} · ${codecName(videoCodec)}` },
    { label: 'Size', value: `${width} × ${height}` },
    { label: 'Length', value: clock(durationS) },
    { label: 'Frame rate', value: `${Number(fps.toFixed(2))} fps` },
    { label: 'Sound', value: audioCodecs.length === 0 ? 'none' : audioCodecs.map(codecName).join(', ') },
    ...(sizeBytes === null ? [] : [{ label: 'File', value: byteSize(sizeBytes) }]),
  ];
}

export function resultFacts({ clip, filterTitle, tookS }: Result): readonly Fact[] {
  return [
    { label: 'Filter', value: filterTitle },
    { label: 'Frames', value: String(clip.frames) },
    { label: 'Length', value: clock(clip.durationS) },
    { label: 'Size', value: `${clip.width} × ${clip.height}` },
    {
      label: 'Format',
      value: `${clip.container === 'mp4' ? 'MP4' : 'WebM'} · ${codecName(clip.videoCodec)}`,
    },
    { label: 'Sound', value: soundOf(clip) },
    { label: 'File', value: byteSize(clip.sizeBytes) },
    { label: 'Took', value: clock(tookS) },
  ];
}

function soundOf({ audio }: Clip): string {
  return audio.length === 0
    ? 'none'
    : audio.map(({ codec, how }) => `${codecName(codec)}, ${how}`).join('; ');
}

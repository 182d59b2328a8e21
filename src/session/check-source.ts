/** Checks of where frames are to come from. */
import { checkInteger, checkNumber, checkOneOf, show } from '../core/check.ts';
import { checkVoxels } from '../core/voxels.ts';
import { FACING_MODES } from '../frames/page/camera-list.ts';
import {
  CAMERA_DRIVERS,
  SOURCE_KINDS,
  type SourceOptions,
  type VideoSource,
  type VolumeSource,
} from './source-types.ts';

const WHERE = 'options.source';

/** @throws TypeError | RangeError that name the option. */
export function checkSource(source: SourceOptions): void {
  if (typeof source !== 'object' || (source as unknown) === null)
    throw new TypeError(`${WHERE} must be an object with a kind, got ${show(source)}`);
  switch (source.kind) {
    case 'camera':
      if (source.driver !== undefined) checkOneOf(`${WHERE}.driver`, source.driver, CAMERA_DRIVERS);
      if (source.facingMode !== undefined) checkOneOf(`${WHERE}.facingMode`, source.facingMode, FACING_MODES);
      if (source.deviceId !== undefined && typeof source.deviceId !== 'string')
        throw new TypeError(`${WHERE}.deviceId must be that of a camera, got ${show(source.deviceId)}`);
      checkAsked(source);
      break;
    case 'screen':
      checkAsked(source);
      break;
    case 'track':
      checkTrack(source.track);
      break;
    case 'video':
      checkVideo(source);
      break;
    case 'pattern':
      for (const side of ['width', 'height'] as const)
        checkInteger(`${WHERE}.${side}`, source[side] ?? 640, { min: 16, max: 4096, unit: 'px' });
      checkNumber(`${WHERE}.frameRate`, source.frameRate ?? 30, {
        min: 1,
        max: 120,
        unit: 'frames per second',
      });
      break;
    case 'volume':
      checkVolume(source);
      break;
    default:
      checkOneOf(`${WHERE}.kind`, (source as { kind: unknown }).kind, SOURCE_KINDS);
  }
}

function checkAsked(asked: Readonly<{ width?: number; height?: number; frameRate?: number }>): void {
  for (const side of ['width', 'height'] as const)
    if (asked[side] !== undefined) checkInteger(`${WHERE}.${side}`, asked[side], { min: 1, unit: 'px' });
  if (asked.frameRate !== undefined)
    checkNumber(`${WHERE}.frameRate`, asked.frameRate, {
      min: 0,
      exclusiveMin: true,
      unit: 'frames per second',
    });
}

function checkTrack(track: unknown): void {
  if (!(track instanceof MediaStreamTrack))
    throw new TypeError(`${WHERE}.track must be a MediaStreamTrack, got ${show(track)}`);
  if (track.kind !== 'video')
    throw new TypeError(`${WHERE}.track must be a track of video, got one of ${track.kind}`);
  if (track.readyState === 'ended') throw new TypeError(`${WHERE}.track must be a track that has not ended`);
}

function checkVideo({ url, file }: VideoSource): void {
  if (file !== undefined) {
    if (url !== undefined) throw new TypeError(`${WHERE} must have one of url and file`);
    if (!(file instanceof Blob)) throw new TypeError(`${WHERE}.file must be a Blob, got ${show(file)}`);
  } else if (typeof url !== 'string' || url === '')
    throw new TypeError(`${WHERE}.url must be the address of a clip, got ${show(url)}`);
}

function checkVolume({ voxels, files, sliceMs = 40, slice = 0, playing }: VolumeSource): void {
  if ((voxels === undefined) === (files === undefined)) {
    throw new TypeError(`${WHERE} must have one of voxels and files`);
  }
  if (voxels !== undefined) checkVoxels(`${WHERE}.voxels`, voxels);
  const most = voxels === undefined ? {} : { max: voxels.shape[0] - 1 };
  checkInteger(`${WHERE}.slice`, slice, { min: 0, ...most });
  checkNumber(`${WHERE}.sliceMs`, sliceMs, { min: 1, max: 1000, unit: 'ms' });
  if (playing !== undefined && typeof playing !== 'boolean') {
    throw new TypeError(`${WHERE}.playing must be true | false, got ${show(playing)}`);
  }
}

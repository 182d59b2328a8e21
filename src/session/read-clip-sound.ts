/** The sound of a clip, for graphs over signals. */
import { ClipsClient } from '../../workers/clips/clips.client.ts';
import type { ClipInput, ClipRange, ClipSound } from '../clips/clip-types.ts';
import { checkInput, checkRange } from './check-clip.ts';

export type ReadClipSoundOptions = Readonly<{
  /** Default all of it. */
  range?: ClipRange;
  /** Makes the worker, where a bundler or a policy wants it made otherwise. */
  createWorker?: () => Worker;
}>;

/**
 * A clip's main sound track as a signal: what `runSignal` takes. All of it is in memory: a minute of stereo is 23 MB.
 * @throws TypeError | RangeError that name the option.
 * @throws PipelineError `clip-unreadable` where there is no sound | `codec-unsupported`
 * @example const { channels: [smooth] } = await runSignal(createWorkerEngine(), graph, await readClipSound(file));
 */
export async function readClipSound(
  input: ClipInput,
  { range = {}, createWorker }: ReadClipSoundOptions = {},
): Promise<ClipSound> {
  checkRange(range);
  const checked = checkInput(input);
  const client = new ClipsClient(createWorker);
  try {
    return await client.readSound(checked, range);
  } finally {
    client.terminate();
  }
}

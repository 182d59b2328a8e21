/** A case that grows: convolux alone, at each of some values. */
import type { ScalingInfo } from '../ops-protocol.ts';
import type { Contender } from './contender.ts';

export type ScalingCase = ScalingInfo &
  Readonly<{
    /** For each value one contender of each series. */
    open(): Promise<readonly (readonly Contender[])[]>;
  }>;

/** What choices between algorithms depend on. */
import type { DeviceCapabilities, FrameForm } from './plan.ts';
import type { Prices } from './prices.ts';
import type { Techniques } from './techniques.ts';

export type ChooseOptions = Readonly<{
  frame: FrameForm;
  device: DeviceCapabilities;
  prices: Prices;
  techniques: Techniques;
  /** Told why something is computed as it is. */
  note: (text: string) => void;
}>;

/**
 * Mirror, shortcuts, and what stands under "Camera and output": size, camera driver, kind of output, sound of recordings.
 * The first three of these take effect by starting the source again, which main.ts does.
 */
import type { CameraDriver } from 'convolux';
import { choice, toggle } from '../shared/fields.ts';
import { required } from '../shared/required.ts';
import type { OutputChoice, Size, SoundChoice, Store } from './store.ts';
import { sizeText } from './url-state.ts';

const usualSizes: readonly Size[] = [
  { width: 640, height: 480 },
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];

const driverTitles: Readonly<Record<CameraDriver, string>> = {
  auto: 'Automatic',
  processor: 'Track processor, page',
  'worker-processor': 'Track processor, worker',
  'camera-utils': 'camera_utils (portable)',
};

/** @returns whether keyboard shortcuts are wanted at this moment. */
export function mountViewSettings(store: Store, filterCount: number): () => boolean {
  let hasShortcuts = true;
  const mirror = toggle({
    label: 'Mirror',
    value: store.state.settings.mirror,
    onChange: (value) => store.choose({ mirror: value }),
  });
  store.select(({ settings }) => settings.mirror).subscribe(mirror.show);
  const shortcuts = toggle({
    label: 'Keyboard shortcuts',
    hint: `1–${Math.min(9, filterCount)} choose a filter, Space starts and stops.`,
    value: hasShortcuts,
    onChange: (value) => (hasShortcuts = value),
  });
  shortcuts.element.classList.add('field-shortcuts');
  required('[data-role=view-settings]', HTMLElement).append(mirror.element, shortcuts.element);
  return () => hasShortcuts;
}

export function mountDeviceSettings(store: Store): void {
  const { settings } = store.state;
  const isUsual = usualSizes.some((size) => sizeText(size) === sizeText(settings.size));
  const sizes = isUsual ? usualSizes : [settings.size, ...usualSizes];
  const size = choice({
    label: 'Size of camera and pattern',
    choices: sizes.map(({ width, height }) => ({
      value: sizeText({ width, height }),
      title: `${width} × ${height}`,
    })),
    value: sizeText(settings.size),
    onChange: (value) => {
      const chosen = sizes.find((candidate) => sizeText(candidate) === value);
      if (chosen !== undefined) store.choose({ size: chosen });
    },
  });
  const driver = choice<CameraDriver>({
    label: 'Camera driver',
    choices: titled(driverTitles),
    value: settings.driver,
    onChange: (value) => store.choose({ driver: value }),
  });
  const outputTitles: Readonly<Record<OutputChoice, string>> = {
    auto: 'Automatic',
    canvas: 'Canvas',
    video: 'Video element',
  };
  const output = choice<OutputChoice>({
    label: 'Output',
    choices: titled(outputTitles),
    value: settings.output,
    onChange: (value) => store.choose({ output: value }),
  });
  const soundTitles: Readonly<Record<SoundChoice, string>> = { none: 'None', microphone: 'Microphone' };
  const sound = choice<SoundChoice>({
    label: 'Sound of recordings',
    choices: titled(soundTitles),
    value: settings.sound,
    onChange: (value) => store.choose({ sound: value }),
  });
  const place = required('[data-role=device-settings]', HTMLElement);
  place.append(size.element, driver.element, output.element, sound.element);
}

function titled<T extends string>(titles: Readonly<Record<T, string>>): { value: T; title: string }[] {
  return (Object.entries(titles) as [T, string][]).map(([value, title]) => ({ value, title }));
}

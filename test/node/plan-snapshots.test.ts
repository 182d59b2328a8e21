/**
 * What the planner makes of known graphs at 1280×720: passes, texels and bytes per pixel, layouts and formats. Expected
 * milliseconds are left out: they are the device's. A plan that changes shows here; when it should, paste what came out.
 */
import { expect, test } from 'vitest';
import { planInWords } from '../../src/plan/explain.ts';
import type { DeviceCapabilities, FrameLayout } from '../../src/plan/plan.ts';
import { DEVICE, formOf, planOf } from './fakes/device.ts';
import { GRAPHS } from './plan-graphs.ts';

/** What browsers give on a desktop. */
const DESKTOP: DeviceCapabilities = {
  ...DEVICE,
  maxTextureSize: 8192,
  maxUniformVectors: 1024,
  maxArrayLayers: 2048,
};

// prettier-ignore
const ON_PLANES: Readonly<Record<keyof typeof GRAPHS, string>> = {
  none: `
0 passes · 0.00 fetches/px · 0.00 bytes/px · 0.0 MB of textures
`,
  edge: `
1. product 3×3 + product 3×3 · 12 taps · 1280×720 packed16 rgba32ui · 0.56 fetches/px · 10.0 bytes/px
1 pass · 0.56 fetches/px · 10.0 bytes/px · 0.9 MB of textures
`,
  sharpen: `
1. line x 7 · 7 taps · 1280×720 packed4 rgba16f · 1.00 fetches/px · 6.00 bytes/px
2. read + line y 7 · 8 taps · 1280×720 packed4 rgba8 · 2.00 fetches/px · 16.0 bytes/px
3. line x 5 · 5 taps · 640×360 packed4 rgba16f · 0.19 fetches/px · 1.25 bytes/px
4. read + line y 5 · 6 taps · 640×360 packed4 rgba8 · 0.38 fetches/px · 3.00 bytes/px
5. line x 5 · 5 taps · 640×360 packed4 rgba16f · 0.19 fetches/px · 1.25 bytes/px
6. read + line y 5 · 6 taps · 640×360 packed4 rgba8 · 0.38 fetches/px · 3.00 bytes/px
6 passes · 4.13 fetches/px · 30.5 bytes/px · 3.7 MB of textures
`,
  'blur σ 2': `
1. line x 13 · 13 taps · 1280×720 packed16 rgba32ui · 0.19 fetches/px · 4.00 bytes/px
2. line y 13 · 13 taps · 1280×720 packed16 rgba32ui · 0.81 fetches/px · 14.0 bytes/px
3. line x 9 · 9 taps · 640×360 packed16 rgba32ui · 0.05 fetches/px · 1.00 bytes/px
4. line y 9 · 9 taps · 640×360 packed16 rgba32ui · 0.14 fetches/px · 2.50 bytes/px
5. line x 9 · 9 taps · 640×360 packed16 rgba32ui · 0.05 fetches/px · 1.00 bytes/px
6. line y 9 · 9 taps · 640×360 packed16 rgba32ui · 0.14 fetches/px · 2.50 bytes/px
6 passes · 1.38 fetches/px · 25.0 bytes/px · 2.5 MB of textures
`,
  'blur σ 4': `
1. shrink 4 y 24 · 24 taps · 1280×186 packed16 rgba32ui · 0.39 fetches/px · 6.46 bytes/px
2. shrink 4 x 24 · 24 taps · 326×186 packed4 rgba16f · 0.07 fetches/px · 1.19 bytes/px
3. enlarge 4 x · 4 taps · 1280×186 packed16 rgba32ui · 0.03 fetches/px · 0.52 bytes/px
4. enlarge 4 y · 4 taps · 1280×720 packed16 rgba32ui · 0.25 fetches/px · 5.00 bytes/px
5. line x 15 · 15 taps · 640×360 packed16 rgba32ui · 0.05 fetches/px · 1.00 bytes/px
6. line y 15 · 15 taps · 640×360 packed16 rgba32ui · 0.23 fetches/px · 4.00 bytes/px
7. line x 15 · 15 taps · 640×360 packed16 rgba32ui · 0.05 fetches/px · 1.00 bytes/px
8. line y 15 · 15 taps · 640×360 packed16 rgba32ui · 0.23 fetches/px · 4.00 bytes/px
8 passes · 1.30 fetches/px · 23.2 bytes/px · 2.0 MB of textures
`,
  'blur σ 16': `
1. shrink 4 y 12 · 12 taps · 1280×186 packed16 rgba32ui · 0.19 fetches/px · 3.36 bytes/px
2. shrink 4 x 12 · 12 taps · 326×186 packed4 rgba16f · 0.05 fetches/px · 0.93 bytes/px
3. line x 27 · 27 taps · 326×186 packed4 rgba16f · 0.15 fetches/px · 1.32 bytes/px
4. line y 27 · 27 taps · 326×186 packed4 rgba16f · 0.45 fetches/px · 3.71 bytes/px
5. enlarge 4 x · 4 taps · 1280×186 packed16 rgba32ui · 0.03 fetches/px · 0.52 bytes/px
6. enlarge 4 y · 4 taps · 1280×720 packed16 rgba32ui · 0.25 fetches/px · 5.00 bytes/px
7. shrink 4 y 12 · 12 taps · 640×96 packed16 rgba32ui · 0.05 fetches/px · 0.87 bytes/px
8. shrink 4 x 12 · 12 taps · 166×96 packed4 rgba16f · 0.01 fetches/px · 0.24 bytes/px
9. line x 13 · 13 taps · 166×96 packed4 rgba16f · 0.02 fetches/px · 0.21 bytes/px
10. line y 13 · 13 taps · 166×96 packed4 rgba16f · 0.06 fetches/px · 0.49 bytes/px
11. enlarge 4 x · 4 taps · 640×96 packed16 rgba32ui · 0.01 fetches/px · 0.13 bytes/px
12. enlarge 4 y · 4 taps · 640×360 packed16 rgba32ui · 0.06 fetches/px · 1.25 bytes/px
13. shrink 4 y 12 · 12 taps · 640×96 packed16 rgba32ui · 0.05 fetches/px · 0.87 bytes/px
14. shrink 4 x 12 · 12 taps · 166×96 packed4 rgba16f · 0.01 fetches/px · 0.24 bytes/px
15. line x 13 · 13 taps · 166×96 packed4 rgba16f · 0.02 fetches/px · 0.21 bytes/px
16. line y 13 · 13 taps · 166×96 packed4 rgba16f · 0.06 fetches/px · 0.49 bytes/px
17. enlarge 4 x · 4 taps · 640×96 packed16 rgba32ui · 0.01 fetches/px · 0.13 bytes/px
18. enlarge 4 y · 4 taps · 640×360 packed16 rgba32ui · 0.06 fetches/px · 1.25 bytes/px
18 passes · 1.55 fetches/px · 21.2 bytes/px · 2.0 MB of textures
`,
  'blur σ 100': `
1. shrink 4 y 12 · 12 taps · 1280×186 packed16 rgba32ui · 0.19 fetches/px · 3.36 bytes/px
2. shrink 4 x 12 · 12 taps · 326×186 packed4 rgba16f · 0.05 fetches/px · 0.93 bytes/px
3. shrink 4 y 12 · 12 taps · 326×53 packed4 rgba16f · 0.06 fetches/px · 0.49 bytes/px
4. shrink 4 x 12 · 12 taps · 88×53 packed4 rgba16f · 0.01 fetches/px · 0.08 bytes/px
5. line x 41 · 41 taps · 88×53 packed4 rgba16f · 0.02 fetches/px · 0.13 bytes/px
6. line y 41 · 41 taps · 88×53 packed4 rgba16f · 0.05 fetches/px · 0.43 bytes/px
7. enlarge 4 x · 4 taps · 326×53 packed4 rgba16f · 0.01 fetches/px · 0.11 bytes/px
8. enlarge 4 y · 4 taps · 326×186 packed4 rgba16f · 0.07 fetches/px · 0.66 bytes/px
9. enlarge 4 x · 4 taps · 1280×186 packed16 rgba32ui · 0.03 fetches/px · 0.52 bytes/px
10. enlarge 4 y · 4 taps · 1280×720 packed16 rgba32ui · 0.25 fetches/px · 5.00 bytes/px
11. shrink 4 y 12 · 12 taps · 640×96 packed16 rgba32ui · 0.05 fetches/px · 0.87 bytes/px
12. shrink 4 x 12 · 12 taps · 166×96 packed4 rgba16f · 0.01 fetches/px · 0.24 bytes/px
13. shrink 4 y 12 · 12 taps · 166×30 packed4 rgba16f · 0.02 fetches/px · 0.14 bytes/px
14. shrink 4 x 12 · 12 taps · 48×30 packed4 rgba16f · 0.00 fetches/px · 0.03 bytes/px
15. line x 21 · 21 taps · 48×30 packed4 rgba16f · 0.00 fetches/px · 0.03 bytes/px
16. line y 21 · 21 taps · 48×30 packed4 rgba16f · 0.01 fetches/px · 0.07 bytes/px
17. enlarge 4 x · 4 taps · 166×30 packed4 rgba16f · 0.00 fetches/px · 0.03 bytes/px
18. enlarge 4 y · 4 taps · 166×96 packed4 rgba16f · 0.02 fetches/px · 0.17 bytes/px
19. enlarge 4 x · 4 taps · 640×96 packed16 rgba32ui · 0.01 fetches/px · 0.13 bytes/px
20. enlarge 4 y · 4 taps · 640×360 packed16 rgba32ui · 0.06 fetches/px · 1.25 bytes/px
21. shrink 4 y 12 · 12 taps · 640×96 packed16 rgba32ui · 0.05 fetches/px · 0.87 bytes/px
22. shrink 4 x 12 · 12 taps · 166×96 packed4 rgba16f · 0.01 fetches/px · 0.24 bytes/px
23. shrink 4 y 12 · 12 taps · 166×30 packed4 rgba16f · 0.02 fetches/px · 0.14 bytes/px
24. shrink 4 x 12 · 12 taps · 48×30 packed4 rgba16f · 0.00 fetches/px · 0.03 bytes/px
25. line x 21 · 21 taps · 48×30 packed4 rgba16f · 0.00 fetches/px · 0.03 bytes/px
26. line y 21 · 21 taps · 48×30 packed4 rgba16f · 0.01 fetches/px · 0.07 bytes/px
27. enlarge 4 x · 4 taps · 166×30 packed4 rgba16f · 0.00 fetches/px · 0.03 bytes/px
28. enlarge 4 y · 4 taps · 166×96 packed4 rgba16f · 0.02 fetches/px · 0.17 bytes/px
29. enlarge 4 x · 4 taps · 640×96 packed16 rgba32ui · 0.01 fetches/px · 0.13 bytes/px
30. enlarge 4 y · 4 taps · 640×360 packed16 rgba32ui · 0.06 fetches/px · 1.25 bytes/px
30 passes · 1.10 fetches/px · 17.6 bytes/px · 1.9 MB of textures
`,
  'a lopsided 3×3 on luma': `
1. direct 9 · 9 taps · 1280×720 packed16 rgba32ui · 0.56 fetches/px · 10.0 bytes/px
1 pass · 0.56 fetches/px · 10.0 bytes/px · 0.9 MB of textures
`,
  'a 9×9 of rank 1 on luma': `
1. line x 9 · 9 taps · 1280×720 packed16 rgba32ui · 0.19 fetches/px · 4.00 bytes/px
2. line y 9 · 9 taps · 1280×720 packed16 rgba32ui · 0.56 fetches/px · 10.0 bytes/px
2 passes · 0.75 fetches/px · 14.0 bytes/px · 1.8 MB of textures
`,
  'a lopsided 3×3 on colour': `
1. direct 9 · 9 taps · 1280×720 packed16 rgba32ui · 0.56 fetches/px · 10.0 bytes/px
2. direct 9 · 9 taps · 640×360 packed16 rgba32ui · 0.14 fetches/px · 2.50 bytes/px
3. direct 9 · 9 taps · 640×360 packed16 rgba32ui · 0.14 fetches/px · 2.50 bytes/px
3 passes · 0.84 fetches/px · 15.0 bytes/px · 1.4 MB of textures
`,
  'edges tinted by the picture': `
1. direct 6 + direct 6 · 12 taps · 1280×720 packed4 rgba16f · 2.25 fetches/px · 11.0 bytes/px
2. planes → RGB · 3 taps · 1280×720 rgba rgba16f · 3.00 fetches/px · 14.0 bytes/px
3. read + read · 2 taps · 1280×720 rgba rgba8 · 2.00 fetches/px · 20.0 bytes/px
3 passes · 7.25 fetches/px · 45.0 bytes/px · 12.9 MB of textures
`,
  'a network of five layers': `
1. planes → RGB · 3 taps · 1280×720 rgba rgba16f · 3.03 fetches/px · 14.2 bytes/px
2. linear 9 [718, 1278, 32] in blocks (2×4 pixels) + map · 9 taps · 640×181 blocks rgba16f · 51.8 fetches/px · 894.6 bytes/px
3. linear 9 [358, 638, 64] in blocks (1×8 pixels) · 9 taps · 639×46 blocks rgba16f · 359.1 fetches/px · 5778.0 bytes/px
4. linear 9 [356, 636, 64] in blocks (2×4 pixels) · 9 taps · 319×90 blocks rgba16f · 16.6 fetches/px · 298.3 bytes/px
5. linear 1 [356, 636, 128] in blocks (2×2 pixels, 2 texels) · 1 taps · 319×179 blocks rgba16f · 192.4 fetches/px · 3142.8 bytes/px
6. linear 9 [713, 1273, 64] in blocks (4 phases, 2×4 pixels) · 9 taps · 320×91 blocks rgba16f · 1324.7 fetches/px · 21326.7 bytes/px
7. linear 9 [715, 1275, 3] in blocks (4×2 pixels) · 9 taps · 320×359 blocks rgba16f · 121.0 fetches/px · 1943.7 bytes/px
8. blocks → tiles [715, 1275, 3] · 1 taps · 1275×715 rgba rgba16f · 1.00 fetches/px · 16.0 bytes/px
9. show · 1 taps · 1275×715 rgba rgba8 · 1.00 fetches/px · 12.0 bytes/px
9 passes · 2070.7 fetches/px · 33426.3 bytes/px · 322.2 MB of textures
`,
};

// prettier-ignore
const ON_RGBA: Readonly<Partial<Record<keyof typeof GRAPHS, string>>> = {
  edge: `
1. direct 1 · 1 taps · 1280×720 packed4 rgba16f · 1.00 fetches/px · 6.00 bytes/px
2. direct 6 + direct 6 · 12 taps · 1280×720 packed4 rgba8 · 2.25 fetches/px · 19.0 bytes/px
2 passes · 3.25 fetches/px · 25.0 bytes/px · 2.8 MB of textures
`,
  'blur σ 2': `
1. line x 13 · 13 taps · 1280×720 rgba rgba16f · 13.0 fetches/px · 60.0 bytes/px
2. line y 13 · 13 taps · 1280×720 rgba rgba8 · 13.0 fetches/px · 108.0 bytes/px
2 passes · 26.0 fetches/px · 168.0 bytes/px · 11.1 MB of textures
`,
  'blur σ 4': `
1. shrink 4 y 24 · 24 taps · 1280×186 rgba rgba16f · 6.20 fetches/px · 26.9 bytes/px
2. shrink 4 x 24 · 24 taps · 326×186 rgba rgba16f · 1.58 fetches/px · 13.2 bytes/px
3. enlarge 4 x · 4 taps · 1280×186 rgba rgba16f · 1.03 fetches/px · 10.3 bytes/px
4. enlarge 4 y · 4 taps · 1280×720 rgba rgba8 · 4.00 fetches/px · 36.0 bytes/px
4 passes · 12.8 fetches/px · 86.4 bytes/px · 6.1 MB of textures
`,
  'blur σ 16': `
1. shrink 4 y 12 · 12 taps · 1280×186 rgba rgba16f · 3.10 fetches/px · 14.5 bytes/px
2. shrink 4 x 12 · 12 taps · 326×186 rgba rgba16f · 0.79 fetches/px · 6.84 bytes/px
3. line x 27 · 27 taps · 326×186 rgba rgba16f · 1.78 fetches/px · 14.7 bytes/px
4. line y 27 · 27 taps · 326×186 rgba rgba16f · 1.78 fetches/px · 14.7 bytes/px
5. enlarge 4 x · 4 taps · 1280×186 rgba rgba16f · 1.03 fetches/px · 10.3 bytes/px
6. enlarge 4 y · 4 taps · 1280×720 rgba rgba8 · 4.00 fetches/px · 36.0 bytes/px
6 passes · 12.5 fetches/px · 97.1 bytes/px · 6.6 MB of textures
`,
  'blur σ 100': `
1. shrink 4 y 12 · 12 taps · 1280×186 rgba rgba16f · 3.10 fetches/px · 14.5 bytes/px
2. shrink 4 x 12 · 12 taps · 326×186 rgba rgba16f · 0.79 fetches/px · 6.84 bytes/px
3. shrink 4 y 12 · 12 taps · 326×53 rgba rgba16f · 0.22 fetches/px · 1.95 bytes/px
4. shrink 4 x 12 · 12 taps · 88×53 rgba rgba16f · 0.06 fetches/px · 0.53 bytes/px
5. line x 41 · 41 taps · 88×53 rgba rgba16f · 0.21 fetches/px · 1.70 bytes/px
6. line y 41 · 41 taps · 88×53 rgba rgba16f · 0.21 fetches/px · 1.70 bytes/px
7. enlarge 4 x · 4 taps · 326×53 rgba rgba16f · 0.07 fetches/px · 0.75 bytes/px
8. enlarge 4 y · 4 taps · 326×186 rgba rgba16f · 0.26 fetches/px · 2.63 bytes/px
9. enlarge 4 x · 4 taps · 1280×186 rgba rgba16f · 1.03 fetches/px · 10.3 bytes/px
10. enlarge 4 y · 4 taps · 1280×720 rgba rgba8 · 4.00 fetches/px · 36.0 bytes/px
10 passes · 9.96 fetches/px · 76.9 bytes/px · 6.3 MB of textures
`,
};

/** Without the frame, which is the same everywhere, and without times. */
function wordsOf(name: keyof typeof GRAPHS, layout: FrameLayout): string {
  const [, ...lines] = planInWords(planOf(GRAPHS[name], formOf(1280, 720, layout), DESKTOP)).split('\n');
  return `\n${lines.map((line) => line.replace(/ · [\d.]+ ms( expected)?/, '')).join('\n')}\n`;
}

const namesOf = (texts: Readonly<Partial<Record<string, string>>>) =>
  Object.keys(texts) as (keyof typeof GRAPHS)[];

test.each(namesOf(ON_PLANES))('%s, on planes', (name) => {
  expect(wordsOf(name, 'planar420')).toBe(ON_PLANES[name]);
});

test.each(namesOf(ON_RGBA))('%s, on RGBA', (name) => {
  expect(wordsOf(name, 'rgba')).toBe(ON_RGBA[name]);
});

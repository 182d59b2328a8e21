/**
 * The same picture on every path: whichever way frames come in and go out, the view shows the colours of the camera's own
 * frame. Ways differ in how they put half-size chroma between its samples, and in nothing else.
 */
import { expectedView } from './expected-view.ts';
import { DEFAULT_CAMERA, expect, footageFor, test } from './browser.ts';
import { figure, readFigures, startCamera, viewOf } from '../support/live-page.ts';
import { numberedPicture, viewPixels } from './view-pixels.ts';

const UPLOADS = ['planes', 'rgbx', 'texture'] as const;
const OUTPUTS = ['canvas', 'video'] as const;
const PATHS = ['pixels', 'canvas'] as const;

/** Levels: two roundings to bytes, and one to the arithmetic of whoever converts. */
const TOLERANCE = 3;

for (const upload of UPLOADS) {
  for (const output of OUTPUTS) {
    for (const outputPath of PATHS) {
      test(`in by ${upload}, out by ${outputPath} onto the ${output}`, async ({ openLive }) => {
        // Some ways are too dear for the rate here: then frames are left out, and those that come are whole.
        const params = { filter: 'none', upload, output, outputPath, degradation: 'maintain-resolution' };
        const page = await openLive({ params });
        await startCamera(page);
        const figures = await readFigures(page);
        for (const word of [upload, outputPath, output]) expect(figures['transport']).toContain(word);
        expect(await figure(page, 'level'), 'the resolution share').toBe(1);

        const { number, picture } = await numberedPicture(() => viewPixels(page));
        expect(picture).toMatchObject(DEFAULT_CAMERA);
        const file = await footageFor(DEFAULT_CAMERA);
        // Chroma is given to whole blocks of pixels, or interpolated between them: somewhere between these two.
        const blocks = expectedView(file, number, 'none', {}, 'video');
        const smooth = expectedView(file, number, 'none', {}, 'canvas');
        let worst = 0;
        for (let i = 0; i < blocks.data.length; i++) {
          const seen = picture.data[4 * Math.floor(i / 3) + (i % 3)]!;
          const [one, other] = [255 * blocks.data[i]!, 255 * smooth.data[i]!];
          worst = Math.max(worst, Math.min(one, other) - seen, seen - Math.max(one, other));
        }
        expect(worst, `frame ${number}: the largest difference, in levels`).toBeLessThanOrEqual(TOLERANCE);
      });
    }
  }
}

test('where nothing is forced a way is found, and the view keeps its size', async ({ openLive }) => {
  const page = await openLive({ params: { filter: 'edge', output: 'auto' } });
  await startCamera(page);
  const { transport } = await readFigures(page);
  expect(transport).toMatch(/(planes|rgbx|texture) → (pixels|canvas) → (canvas|video)$/);
  // The other element is not to be seen.
  await expect(viewOf(page)).toHaveCount(1);
  const { picture } = await numberedPicture(() => viewPixels(page));
  expect(picture).toMatchObject(DEFAULT_CAMERA);
});

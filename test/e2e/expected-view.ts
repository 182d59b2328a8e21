/** What the view must show for a camera frame: the filter's own graph, run by the reference in Node on the file's bytes. */
import { filters } from '../../pipelines/index.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { lumaPicture, rgbPicture } from '../support/camera-picture.ts';
import type { ComputedPicture } from '../support/compare-picture.ts';
import { openY4m } from '../support/y4m.ts';
import type { FilterName } from '../support/live-page.ts';

export type FilterParams = Readonly<Record<string, number | string | boolean>>;

/** Computes the view of frame `number` of the camera's file. Edges are of luma; the other filters work on RGB. */
export function expectedView(
  file: string,
  number: number,
  name: FilterName,
  params: FilterParams = {},
): ComputedPicture {
  const filter = filters.find((candidate) => candidate.name === name);
  if (filter === undefined) throw new Error(`no built-in filter '${name}'`);
  const footage = openY4m(file);
  try {
    const picture = footage.frame(number);
    const frame = name === 'edge' ? lumaPicture(picture) : rgbPicture(picture, 'bilinear');
    return runReference(filter.build(params), { frame });
  } finally {
    footage.close();
  }
}

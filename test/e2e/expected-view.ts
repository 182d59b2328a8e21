/** What the view must show for a camera frame: the filter's own graph, run by the reference in Node on the file's bytes. */
import { filters } from '../../pipelines/index.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { lumaPicture, rgbPicture } from '../support/camera-picture.ts';
import type { ComputedPicture } from '../support/compare-picture.ts';
import { filterPlanes, type FilteredPlanes } from '../support/frame-planes.ts';
import type { I420Picture } from '../support/picture.ts';
import { openY4m } from '../support/y4m.ts';
import type { FilterName } from '../support/live-page.ts';

export type FilterParams = Readonly<Record<string, number | string | boolean>>;

/** Where the view is. A canvas shows RGB of ours; a video gets the planes, and the browser makes RGB of them. */
export type ViewKind = 'canvas' | 'video';

/** How Chromium takes the untagged planes of its file camera. */
const COLOR = { matrix: 'bt601', fullRange: false } as const;

/**
 * Computes the view of frame `number` of the camera's file. Edges are of luma; the other filters treat R, G and B
 * alike, so they are computed on Y, U and V, each by itself.
 */
export function expectedView(
  file: string,
  number: number,
  name: FilterName,
  params: FilterParams = {},
  view: ViewKind = 'canvas',
): ComputedPicture {
  const graph = graphOf(name, params);
  const picture = cameraPicture(file, number);
  if (name === 'edge') return runReference(graph, { frame: lumaPicture(picture) });
  const planes = { ...picture, ...filterPlanes(graph, { ...picture, color: COLOR }) };
  // Chromium gives each chroma sample of a video to its 2×2 pixels.
  return rgbPicture(planes, view === 'canvas' ? 'bilinear' : 'nearest');
}

/** The same as the codes of a video's planes, before they are rounded to bytes. Not for edges, which are of luma. */
export function expectedPlanes(
  file: string,
  number: number,
  name: Exclude<FilterName, 'edge'>,
  params: FilterParams = {},
): FilteredPlanes {
  return filterPlanes(graphOf(name, params), { ...cameraPicture(file, number), color: COLOR });
}

function graphOf(name: FilterName, params: FilterParams): Graph {
  const filter = filters.find((candidate) => candidate.name === name);
  if (filter === undefined) throw new Error(`no built-in filter '${name}'`);
  return filter.build(params);
}

function cameraPicture(file: string, number: number): I420Picture {
  const footage = openY4m(file);
  try {
    return footage.frame(number);
  } finally {
    footage.close();
  }
}

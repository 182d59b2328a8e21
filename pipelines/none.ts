import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';

export const none = defineFilter({
  name: 'none',
  title: 'None',
  description: 'The picture as the camera sees it.',
  params: {},
  build: () => graph(({ frame }) => frame),
});

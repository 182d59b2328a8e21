/** The built-in filters, one file each. */
import type { Filter } from '../src/graph/filter.ts';
import { blur } from './blur.ts';
import { edge } from './edge.ts';
import { network } from './network.ts';
import { none } from './none.ts';
import { sharpen } from './sharpen.ts';

export { blur, edge, network, none, sharpen };

/** All of them, in the order in which a page shows them. */
export const filters: readonly Filter[] = [none, edge, sharpen, blur, network];

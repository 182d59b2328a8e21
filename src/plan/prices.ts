/** What things cost on a device: the unit of the planner's choices, and what `explain` predicts. */
import { assertNever, at } from '../core/assert.ts';
import { readsOf } from '../primitives/primitive.ts';
import { blockWork, layersOf } from './block-plan.ts';
import type { Image, Pass, Term } from './plan.ts';
import { BYTES_OF_TEXEL, LANES, texelWidth } from './texels.ts';

export type Prices = Readonly<{
  /** Of a pass, before any texel. */
  passMs: number;
  /** Of an output texel, before anything is read or computed. */
  texelNs: number;
  /** Of reading one texel: of bytes (RGBA8), half floats, floats, and 32-bit words (RGBA32UI) with their unpacking. */
  fetchNs: Readonly<Record<Image['format'], number>>;
  /** Of a multiplication and an addition on four lanes. */
  multiplyAddNs: number;
}>;

/**
 * Measured on SwiftShader with two cores: where nothing was calibrated, the planner thinks of the machine that needs
 * it most. Ratios decide, and they are alike on GPUs: a fetch costs more than arithmetic, a pass more than both.
 */
export const DEFAULT_PRICES: Prices = {
  passMs: 0.05,
  texelNs: 5.3,
  fetchNs: { r8: 6.2, rgba8: 2.7, rgba16f: 4.5, rgba32f: 2.3, rgba32ui: 3 },
  multiplyAddNs: 0.8,
};

/** Work of a pass: in all, and per texel that it writes. */
export type PassCost = Readonly<{
  ms: number;
  texels: number;
  /** Per output texel. */
  fetches: number;
  /** Bytes that those fetches read. */
  readBytes: number;
  /** On four lanes each, per output texel. */
  multiplyAdds: number;
}>;

/** Texels of an image. */
export function texelsOf({
  width,
  height,
  layout,
  atlas,
}: Pick<Image, 'width' | 'height' | 'layout' | 'atlas'>): number {
  return texelWidth(width, layout) * height * Math.max(1, layersOf(atlas));
}

/** Fetches and multiplications of a term for each texel that its pass writes. */
export function workOf(
  term: Term,
  from: Image,
  to: Image,
): Readonly<{ fetches: number; multiplyAdds: number }> {
  const [pixels, read] = [LANES[to.layout], LANES[from.layout]];
  const groups = Math.max(1, pixels / 4);
  switch (term.kind) {
    case 'taps': {
      const fetches = from.layout === to.layout ? columnsOf(term.taps, read) : term.taps.length * pixels;
      const perTap = term.channels === 'dense' ? from.channels : 1;
      // Down, on the texel's own vectors and the numbers beside it, then across.
      const { product = null } = term;
      const isProduct = product !== null && from.layout === 'packed16' && to.layout === 'packed16';
      const taps = isProduct ? 1.25 * product.column.length + product.row.length : term.taps.length;
      return { fetches, multiplyAdds: taps * perTap * groups };
    }
    case 'line': {
      const k = term.weights.length;
      if (term.axis === 'y') return { fetches: k, multiplyAdds: k * groups };
      const span = k + (pixels - 1) * term.stride;
      return { fetches: Math.ceil((span + read - 1) / read), multiplyAdds: k * groups };
    }
    case 'time': {
      const { weights } = term;
      const frames =
        weights instanceof Float32Array ? weights.length : 'age' in weights ? 1 : (from.layers ?? 1);
      return { fetches: from.layout === to.layout ? frames : frames * pixels, multiplyAdds: frames * groups };
    }
    case 'cubic':
      return term.axis === 'y'
        ? { fetches: 4, multiplyAdds: 4 * groups }
        : { fetches: read === 1 ? 4 : 1 + Math.ceil(pixels / 16), multiplyAdds: 12 * groups };
    default:
      return assertNever(term);
  }
}

/** Texels that the taps of one output texel lie in. */
function columnsOf(taps: readonly Readonly<{ dy: number; dx: number }>[], lanes: number): number {
  const columns = new Set<string>();
  for (const { dy, dx } of taps) {
    columns.add(`${dy} ${Math.floor(dx / lanes)}`);
    columns.add(`${dy} ${Math.floor((dx + lanes - 1) / lanes)}`);
  }
  return columns.size;
}

export function costOf(pass: Pass, images: readonly Image[], prices: Prices): PassCost {
  const output = at(images, pass.output);
  const texels = texelsOf(output);
  let [fetches, multiplyAdds, fetchNs, readBytes] = [0, 0, 0, 0];
  const add = (format: Image['format'], count: number) => {
    fetches += count;
    readBytes += count * BYTES_OF_TEXEL[format];
    fetchNs += count * prices.fetchNs[format];
  };
  switch (pass.kind) {
    case 'compute': {
      // Terms over one image share their fetches.
      const most = new Map<number, number>();
      for (const term of pass.terms) {
        const work = workOf(term, at(images, term.image), output);
        multiplyAdds += work.multiplyAdds;
        most.set(term.image, Math.max(most.get(term.image) ?? 0, work.fetches));
      }
      most.forEach((count, image) => {
        add(at(images, image).format, count);
      });
      break;
    }
    case 'convert':
      for (const image of [pass.y, pass.u, pass.v]) add(at(images, image).format, 1);
      multiplyAdds = 4;
      break;
    case 'keep':
      // Copied, not computed.
      add(output.format, 1);
      return { ms: (texels * prices.texelNs) / 1e7, texels, fetches, readBytes, multiplyAdds };
    case 'tensor': {
      const taps = readsOf(pass.primitive) ?? 1;
      const from = at(images, pass.images[0] ?? pass.output);
      if (
        pass.blocks !== null &&
        pass.primitive.kind === 'linear' &&
        from.atlas !== null &&
        output.atlas !== null
      ) {
        const work = blockWork(pass.primitive, pass.blocks, from.atlas, output.atlas);
        add('rgba32f', work.fetches);
        multiplyAdds = work.multiplyAdds;
        break;
      }
      const depth = pass.primitive.kind === 'linear' && pass.primitive.channels === 'dense' ? Math.ceil((from.atlas?.dims[4] ?? 4) / 4 / pass.primitive.groups) : 1; // prettier-ignore
      add(from.format, taps * depth);
      multiplyAdds = 4 * taps * depth;
      break;
    }
    default:
      assertNever(pass);
  }
  const texelNs = prices.texelNs + fetchNs + multiplyAdds * prices.multiplyAddNs;
  return { ms: prices.passMs + (texels * texelNs) / 1e6, texels, fetches, readBytes, multiplyAdds };
}

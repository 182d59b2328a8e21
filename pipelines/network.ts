/**
 * A network of five convolutional layers whose weights are designed instead of learned: it finds the picture's edges
 * and paints each in the hue of its direction. It is laid out as the first areas of the visual cortex are:
 *
 *   shrink            the frame, to means of k × k pixels
 *   1 slopes          conv2d 3×3, 3 → 16                how steep brightness and tone are, in six directions
 *   2 edges           conv2d 3×3 strides 2, → 32        steps along a line, in twelve directions ("simple cells")
 *   3 competition     separableConv2d 3×3, → 32         lines go on, and the strongest direction stays
 *   4 lines           convTranspose2d 3×3 strides 2, → 16   both sides of a line as one ("complex cells")
 *   5 paint           conv2d 3×3, → 3                   each line in its hue, over the dimmed picture
 *
 * Each channel is a `Feature`, and each weight a formula of the feature that is read, the feature that is written and
 * the tap between them. A picture of 0..1 keeps the channels of layers 1 to 3 within about 0..1; the
 * strength comes with layer 4, and the excess takes off again what it lifts above 1.
 */
import { tensor, type Tensor } from '../src/core/tensor.ts';
import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { clamp, conv2d, convTranspose2d, separableConv2d } from '../src/graph/operators.ts';
import { box } from '../src/kernels/box.ts';

/**
 * `color`    R, G or B
 * `spot`     detail that is brighter than what lies around it
 * `luma`     a slope or edge of brightness
 * `tone`     the same of warm against cool: where colours differ and brightness does not
 * `crowd`    how much goes on around, in slopes of this angle
 * `line`     what is painted
 * `excess`   what of it lies above 1
 */
type Kind = 'color' | 'spot' | 'luma' | 'tone' | 'crowd' | 'line' | 'excess';

/** `at`: a colour's index; else the angle at which the slope rises, in degrees: 0 rightwards, 90 downwards. */
type Feature = Readonly<{ kind: Kind; at: number }>;

const features = (kind: Kind, count: number, step = 1): Feature[] =>
  Array.from({ length: count }, (_, i) => ({ kind, at: i * step }));

const PICTURE = [...features('color', 3), ...features('spot', 1)];
const INPUT = features('color', 3);
/** Slopes in six directions tell those of all others. */
const SLOPES = [...features('luma', 6, 60), ...features('tone', 6, 60), ...PICTURE];
const EDGES = [
  ...features('luma', 12, 30),
  ...features('tone', 12, 30),
  ...features('crowd', 4, 45),
  ...PICTURE,
];
/** A line has no sides: half a turn. */
const LINES = [...features('line', 6, 30), ...features('excess', 6, 30), ...PICTURE];

const LUMA = [0.299, 0.587, 0.114];
/** Red against green and blue: differs between red and green, and between yellow and blue. */
const TONE = [1 / 2, -1 / 4, -1 / 4];

/** How an edge of one direction answers to a slope `δ` away: α + β cos δ + γ cos 2δ, 1 at 0°, below 0 from 56° on. */
const EDGE_TUNING = { alpha: -0.25, beta: 0.75, gamma: 0.5 };
/** cos² δ: a slope counts for both of its sides. */
const CROWD_TUNING = { alpha: 0.5, beta: 0, gamma: 0.5 };
/** What each rival takes from an edge, of its own strength. */
const RIVALRY = 0.3;
/** The same for the crowd across it, and for the brightness that lies on an edge of tone. */
const CROWDING = 0.15;
const GLARE = 0.7;
/** An edge fainter than this is noise. */
const NOISE = 0.012;
/** How far the picture steps back where lines are. */
const STEP_BACK = 0.5;
/** The hues' grey part, and the part of a line that shines on its neighbours. */
const PALE = 0.45;
const GLOW = 0.5;
/** What brings back the detail that half the size has cost the picture: spots, and an unsharp mask. */
const SPOTS = 2;
const SHARPEN = 1;

type Tap = Readonly<{ x: number; y: number }>;
const TAPS: readonly Tap[] = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => ({ x, y })));

/** Exactly 0 at right angles, so that weights are 0 where they are meant to be. */
const cosine = (degrees: number): number => Math.round(1e12 * Math.cos((degrees * Math.PI) / 180)) / 1e12;
const sine = (degrees: number): number => cosine(degrees - 90);
const isSame = (a: Feature, b: Feature): boolean => a.kind === b.kind && a.at === b.at;
const isEdge = ({ kind }: Feature): boolean => kind === 'luma' || kind === 'tone';

const here = ({ x, y }: Tap): number => (x === 0 && y === 0 ? 1 : 0);
/** [1 2 1]ᵀ [1 2 1] / 16 */
const around = ({ x, y }: Tap): number => ((2 - Math.abs(x)) * (2 - Math.abs(y))) / 16;
/** Bilinear, between pixels that lie two apart. */
const between = (tap: Tap): number => 4 * around(tap);

/** Scharr's derivative along an angle: 1 for a step of 1. */
const slope = ({ x, y }: Tap, angle: number): number =>
  ((x * cosine(angle) + y * sine(angle)) * (x * y === 0 ? 10 : 3)) / 16;

/** A bell that is narrow across a line and wide along it; its nine weights sum to 1. */
function along(tap: Tap, angle: number): number {
  const bell = ({ x, y }: Tap): number => {
    const [across, forth] = [x * cosine(angle) + y * sine(angle), y * cosine(angle) - x * sine(angle)];
    return Math.exp(-(across ** 2) / 0.7 - forth ** 2 / 3);
  };
  return bell(tap) / TAPS.reduce((sum, one) => sum + bell(one), 0);
}

type Tuning = typeof EDGE_TUNING;

/**
 * The weights with which many rectified slopes, all round, sum up to a tuning, because
 * max(cos x, 0) = 1/π + ½ cos x + 2/(3π) cos 2x − …
 */
const harmonics = (delta: number, { alpha, beta, gamma }: Tuning): number =>
  Math.PI * alpha + 4 * beta * cosine(delta) + 3 * Math.PI * gamma * cosine(2 * delta);

/**
 * The same of six slopes, whose sum strays from the tuning by a tenth, up or down with the angle: scaled, so that each
 * direction answers to its own slope with 1.
 */
function steer(from: Feature, to: Feature, tuning: Tuning): number {
  const own = SLOPES.filter(({ kind }) => kind === from.kind).reduce(
    (sum, { at }) => sum + harmonics(at - to.at, tuning) * Math.max(0, cosine(at - to.at)),
    0,
  );
  return harmonics(from.at - to.at, tuning) / own;
}

function slopeWeight(tap: Tap, from: Feature, to: Feature): number {
  switch (to.kind) {
    case 'luma':
      return (LUMA[from.at] ?? 0) * slope(tap, to.at);
    case 'tone':
      return (TONE[from.at] ?? 0) * slope(tap, to.at);
    case 'spot':
      return (LUMA[from.at] ?? 0) * (here(tap) - 1 / 9);
    default:
      return isSame(from, to) ? here(tap) : 0;
  }
}

function edgeWeight(tap: Tap, from: Feature, to: Feature): number {
  if (to.kind === 'crowd') return from.kind === 'luma' ? around(tap) * steer(from, to, CROWD_TUNING) : 0;
  if (!isEdge(to)) return isSame(from, to) ? around(tap) : 0;
  return from.kind === to.kind ? along(tap, to.at) * steer(from, to, EDGE_TUNING) : 0;
}

/** Layer 3's depthwise part: each feature goes on where it is expected to. */
function continuation(tap: Tap, { kind, at }: Feature): number {
  if (kind === 'luma' || kind === 'tone') return along(tap, at);
  return kind === 'crowd' ? around(tap) : here(tap);
}

/** An edge that its two neighbours of 30° take from keeps its height. */
const KEPT = 1 - 2 * RIVALRY * (EDGE_TUNING.alpha + EDGE_TUNING.beta * cosine(30) + EDGE_TUNING.gamma / 2);

/** Layer 3's pointwise part: what each feature leaves of the others. */
function competition(from: Feature, to: Feature): number {
  const own = isSame(from, to) ? 1 : 0;
  if (!isEdge(to)) return own;
  const delta = from.at - to.at;
  if (from.kind === 'crowd') return (-CROWDING * sine(delta) ** 2) / KEPT;
  if (from.kind === to.kind) return (own === 1 ? 1 : cosine(delta) >= 0 ? -RIVALRY : 0) / KEPT;
  // Brightness tells where edges are better than tone does: tone speaks where brightness is silent.
  return from.kind === 'luma' && Math.abs(cosine(delta)) > 0.8 ? -GLARE / KEPT : 0;
}

function lineWeight(tap: Tap, from: Feature, to: Feature, strength: number): number {
  if (to.kind === 'line' || to.kind === 'excess')
    return isEdge(from) && from.at % 180 === to.at ? strength * between(tap) : 0;
  if (to.kind === 'color' && from.kind === 'crowd') return -STEP_BACK * between(tap);
  return isSame(from, to) ? between(tap) : 0;
}

/** Hues go round twice as fast as angles: 0° and 180° are one line, and red. */
const hue = (angle: number, color: number): number => PALE + (1 - PALE) * cosine(2 * angle - 120 * color);

function paintWeight(tap: Tap, from: Feature, to: Feature, ground: number): number {
  switch (from.kind) {
    case 'line':
      return hue(from.at, to.at) * (here(tap) * (1 - GLOW) + GLOW * around(tap));
    case 'excess':
      return -paintWeight(tap, { ...from, kind: 'line' }, to, ground);
    case 'spot':
      return SPOTS * ground * here(tap);
    default:
      return isSame(from, to) ? ground * ((1 + SHARPEN) * here(tap) - SHARPEN * around(tap)) : 0;
  }
}

type Weight = (tap: Tap, from: Feature, to: Feature) => number;

/** `[3, 3, in, out]`; with `outFirst` `[3, 3, out, in]`, as transposed layers have it. */
function weigh(from: readonly Feature[], to: readonly Feature[], weight: Weight, outFirst = false): Tensor {
  const values = TAPS.flatMap((tap) =>
    outFirst
      ? to.flatMap((b) => from.map((a) => weight(tap, a, b)))
      : from.flatMap((a) => to.map((b) => weight(tap, a, b))),
  );
  const ends = outFirst ? [to.length, from.length] : [from.length, to.length];
  return tensor([3, 3, ...ends], values);
}

const bias = (of: readonly Feature[], value: (feature: Feature) => number): Float32Array =>
  Float32Array.from(of, value);

const FIRST = weigh(INPUT, SLOPES, slopeWeight);
const SECOND = weigh(SLOPES, EDGES, edgeWeight);
const THIRD = {
  weights: tensor([3, 3, EDGES.length, 1], TAPS.flatMap((tap) => EDGES.map((feature) => continuation(tap, feature)))),
  pointwiseWeights: tensor([EDGES.length, EDGES.length], EDGES.flatMap((a) => EDGES.map((b) => competition(a, b)))),
  bias: bias(EDGES, (feature) => (isEdge(feature) ? -NOISE : 0)),
}; // prettier-ignore
const FOURTH_BIAS = bias(LINES, ({ kind }) => (kind === 'excess' ? -1 : 0));

/** 1 / k */
const SCALES = ['1/8', '1/4', '1/2'];

export const network = defineFilter({
  name: 'network',
  title: 'Network',
  description: 'Five convolutional layers find the edges and paint each in the hue of its direction.',
  params: {
    scale: { type: 'choice', title: 'Size', choices: SCALES, default: '1/8' },
    strength: { type: 'number', title: 'Strength', min: 0.5, max: 12, step: 0.5, default: 5, unit: '×' },
    ground: { type: 'number', title: 'Picture', min: 0, max: 1, step: 0.05, default: 0.4, unit: '×' },
  },
  build: ({ scale, strength, ground }) =>
    graph(({ frame }) => {
      const size = Number(scale.slice('1/'.length));
      // Unlike a resample, means see every pixel, so that nothing flickers, and leave at least one.
      const small = conv2d(frame, { weights: box(size), strides: size });
      const inside = { padding: [[1, 1], [1, 1]], activation: 'relu' } as const; // prettier-ignore
      const layer = { ...inside, edge: 'replicate' } as const;
      const slopes = conv2d(small, { ...layer, weights: FIRST });
      const edges = conv2d(slopes, { ...layer, weights: SECOND, strides: 2 });
      const winners = separableConv2d(edges, { ...layer, ...THIRD });
      // A pixel off each side: the first and the last then lie on those that they are made from.
      const lines = convTranspose2d(winners, {
        ...inside,
        weights: weigh(EDGES, LINES, (tap, from, to) => lineWeight(tap, from, to, strength), true),
        bias: FOURTH_BIAS,
        strides: 2,
      });
      const paint: Weight = (tap, from, to) => paintWeight(tap, from, to, ground);
      return clamp(
        conv2d(lines, { weights: weigh(LINES, INPUT, paint), padding: 'same', edge: 'replicate' }),
      );
    }),
});

/**
 * Every constant of the frame budget, and why it is what it is. Shares are of the time that a frame has; figures come
 * from simulation (docs/frame-budget.md).
 */
export const TUNING = Object.freeze({
  /**
   * More than this between two events is no frame that is late, but a sleep, a stall of everything or a new clock; with
   * a slow source two of its periods, and twice this before its rate is known.
   */
  gapMs: 1000,

  /** Before three frames came: what cameras do unasked. */
  unknownPeriodMs: 1000 / 30,
  /** The rate is a mean, as bursts have no median that means anything; so many gaps average a jitter of ±30 % to 1 %. */
  gapsKept: 24,
  /** So many that agree on another rate are that, and no jitter; faster ones for so long, or they are a burst. */
  gapsOfChange: 3,
  knownAfterMs: 80,
  /** What counts as another rate: this much shorter or longer, each of them. */
  rateChange: 0.25,
  /** A gap so many times as long as any other is left out of the mean. */
  hiccup: 3,
  /** Where the median gap is less than this share of the mean, frames come in bursts. */
  burst: 0.7,
  /** A clock that runs this close to ours is ours. */
  nearSpeed: 0.2,
  /** A rate this close to a whole part of the source's is that part: 30 of 59.9 is every second frame. */
  wholeRatio: 0.05,
  /** Nothing is left out for a target this close to the source's rate, which a mean of n gaps knows to 1/n at best. */
  nearTarget: 0.1,

  /** The median of so many is free of two spikes. */
  recentSamples: 5,
  /** Weight of the newest median. */
  quickWeight: 0.3,
  /** Weight of the newest sample in the long mean: a noise of ±15 % leaves 1.5 % of doubt. */
  slowWeight: 0.05,
  /** In the long mean a sample counts at most this many times the quick estimate: a spike weighs, but little. */
  sampleClip: 1.5,
  /** Samples this far from the estimate are another load, and no noise, if so many in a row are; spikes are longer ones. */
  loadChange: 0.25,
  samplesOfMore: 4,
  samplesOfLess: 3,
  /** The share of a full frame's time that doesn't shrink with its pixels, before that was measured: some never does. */
  fixedShareGuess: 0.05,
  /** So many samples at a new level tell how much of a frame's time does not shrink with its pixels; more tell it better. */
  shapeSamples: 1,

  /** A machine that is busy for 102 % of the time drops one frame in fifty, evenly: less harm than fewer pixels do. */
  fullShare: 1.02,
  /** The same where the next rung leaves out frames: half of them, to save one in twenty-five. */
  fullShareFrames: 1.04,
  /** Backlog that may build up, in frames' times: without noise, more for each share of noise, and at most. */
  backlogCalm: 0.4,
  backlogPerNoise: 25,
  backlogMost: 1.9,
  /** The same with each share of spikes, which come in runs. */
  backlogPerSpike: 10,
  /** The nth overload in a row adds at most n times this: a hiccup of two frames is none, the third frame is a load. */
  clipPerRun: 0.25,
  /** Where one in ten is a spike, four in a row happen by chance within a minute: so it takes five. */
  clipPerSpike: 12,
  /** Noise is averaged with this weight, begins at this, and a single step counts at most that. */
  noiseWeight: 0.1,
  noiseAtFirst: 0.02,
  noiseMost: 0.3,
  /** One frame in twenty takes longer than the mean by so many times the noise. */
  tailPerNoise: 2.1,
  /** On a way down, until two frames in a row fit: a clear overload, or some slight ones, goes on down. */
  backlogUrgent: 0.15,
  urgentPerNoise: 2.5,
  clipUrgent: 0.35,

  /** Down to the first level that takes at most this. */
  fitDown: 0.97,
  /** The same while nobody knows how much of a frame's time doesn't shrink with its pixels. */
  fitUntried: 0.9,
  /** A frame that takes longer than the others by this share of its time is a spike. */
  spikeShare: 0.5,
  /** Their rate is a mean over about a hundred frames. */
  spikeWeight: 0.01,
  /** One frame in twenty may be late; so many beyond that are too many. Three in a hundred hardly ever get there. */
  lateShare: 0.05,
  lateMost: 8,
  /** From this rate on they count as part of what frames take. */
  spikeRateMany: 0.045,
  /** What a level must save for the sake of late frames, and by how much a shorter latency must be possible. */
  worthwhile: 0.1,
  /** Below this rate spikes are over. */
  spikeRateOver: 0.02,
  /** Of the latency that a spike may have, what a level may use. */
  fitSpikes: 0.99,

  /** A level that should take no more than this is tried before frames are left out: what it takes is a guess. */
  fitTry: 1.15,
  /** The smallest level may take this before frames are left out. */
  fitBottom: 1.02,
  /** Levels at a time. */
  stepsDown: 2,
  /** Up to a level that takes at most this. */
  fitUp: 1.04,
  /** Several levels up at once, to one that takes at most this even if all of a frame's time grows with its pixels. */
  fitSure: 0.75,
  /** Up, where nothing was measured that tells what more pixels cost. */
  fitProbe: 0.85,
  /** Samples before a way up is thought of. */
  samplesUp: 5,

  /** For how long a way up has to look good. */
  holdMs: 2000,
  /** The same where no more pixels are asked for, so that the cost is measured, and where that much time is left. */
  holdFramesMs: 500,
  fitFrames: 0.97,
  holdMostMs: 60_000,
  /** A way up that ends within this was wrong: the hold doubles. */
  failedUpMs: 5000,
  /** After so many holds of quiet it is what it was at first. */
  quietHolds: 4,
  /** After so many wrong ways up there is no other, until the load is less by `loadRelief`. */
  failuresMost: 3,
  loadRelief: 0.05,

  /** Silence that is an alarm: so many frames' times, or of what the frame should take; never less than `alarmLeastMs`. */
  alarmFrames: 3,
  /** A hiccup of 60 ms is none, at no rate. */
  alarmLeastMs: 100,
  /** After an alarm, a frame that takes this share of its time confirms it. */
  alarmShare: 1.3,
  /** Silence that is a panic: so many alarms' time. */
  panicAlarms: 2,
  /** Silence after which the context may be lost. */
  silentMs: 1000,

  /** A frame is shown within so many periods, or is too old. */
  latencyPeriods: 2,
  /** Of a frame's time, what one may always wait for the one before it. */
  patience: 0.25,
  /** 'balanced' leaves out frames down to this rate before it takes more pixels. */
  balancedFps: 15,
  /** A frame that comes after newer ones is late by so many at most; more is a clip that starts over. */
  lateFrames: 4,
  /** The same while the frames' rate is not known for sure. */
  lateLeastMs: 150,

  /** Nothing is left out below this rate. */
  leastFps: 1,
});

/** The lint rule for streams of frames, on code that is typed as ours is. */
import { fileURLToPath } from 'node:url';
import { RuleTester } from 'eslint';
import { describe, test } from 'vitest';
import tseslint from 'typescript-eslint';
import { frameRules } from '../../eslint-frame-rules.js';

RuleTester.describe = describe;
RuleTester.it = test;

/** Is not there: so the code alone is compiled, with what it imports. */
const filename = 'test/node/frames.code.ts';

const tester = new RuleTester({
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: {
      projectService: { allowDefaultProject: [filename], defaultProject: 'tsconfig.test.json' },
      tsconfigRootDir: fileURLToPath(new URL('../..', import.meta.url)),
    },
  },
});

const HEAD = `
import * as rx from 'rxjs';
import type { FrameLease, FrameImage } from '../../src/frames/frame-lease.ts';
import { everyNth } from '../../src/rx/every-nth.ts';
import { latestFrame } from '../../src/rx/latest-frame.ts';
import { shareFrame } from '../../src/rx/share-frame.ts';
declare const frames$: rx.Observable<FrameLease>;
declare const videoFrames$: rx.Subject<VideoFrame>;
declare const bitmaps$: rx.Observable<ImageBitmap>;
declare const fps$: rx.Observable<number>;
declare function work(lease: FrameLease): Promise<number>;
`;
const HEAD_LINES = HEAD.split('\n').length;

/** Lines of code in one program: each would cost a program of its own. */
const allowed = (name: string, lines: readonly string[]) => ({
  name,
  filename,
  code: HEAD + lines.join(';\n'),
});
/** Each line with the functions that are reported in it. */
const banned = (name: string, lines: readonly (readonly [code: string, ...names: string[]])[]) => ({
  ...allowed(
    name,
    lines.map(([code]) => code),
  ),
  errors: lines.flatMap(([, ...names], line) =>
    names.map((one) => ({ message: new RegExp(`^\`${one}\` `), line: HEAD_LINES + line })),
  ),
});

tester.run('safe-operators', frameRules.rules!['safe-operators']!, {
  valid: [
    allowed('our own operators, and all others behind them', [
      'frames$.pipe(everyNth(2), shareFrame(), latestFrame(work))',
      'frames$.pipe(latestFrame(work), rx.throttleTime(250), rx.filter((n) => n > 0), rx.share(), rx.last())',
      'frames$.pipe(latestFrame(work), rx.ignoreElements())',
      'void rx.lastValueFrom(frames$.pipe(latestFrame(work)))',
      'frames$.pipe(rx.map((lease) => { lease.release(); return 1; }), rx.distinctUntilChanged())',
    ]),
    allowed('what drops nothing', [
      'frames$.pipe(rx.take(3), rx.takeUntil(fps$), rx.first(), rx.tap((lease) => lease.release()))',
      'frames$.pipe(rx.mergeMap(work))',
      'rx.merge(frames$, frames$)',
      'fps$.pipe(rx.switchMap(() => frames$), latestFrame(work))',
    ]),
    allowed('streams without frames', [
      'fps$.pipe(rx.exhaustMap((n) => rx.of(n)), rx.debounceTime(5), rx.skip(1), rx.shareReplay(1))',
      'rx.combineLatest([fps$, fps$])',
      'rx.zip(fps$, fps$)',
      'fps$.pipe(rx.withLatestFrom(fps$))',
      'declare const any$: rx.Observable<any>; any$.pipe(rx.debounceTime(5))',
    ]),
    allowed('an object that answers for its frames itself', [
      'declare class Desk { readonly lease: FrameLease } declare const desks$: rx.Observable<Desk>',
      'desks$.pipe(rx.debounceTime(5))',
    ]),
    allowed('functions of the same name', [
      'const filter = (n: number) => (s: rx.Observable<FrameLease>) => s; frames$.pipe(filter(2))',
      '[frames$].filter(Boolean); [1].find(Boolean)',
    ]),
  ],
  invalid: [
    banned('operators that drop, keep or share', [
      ['frames$.pipe(rx.exhaustMap(work))', 'exhaustMap'],
      ['frames$.pipe(rx.switchMap(work))', 'switchMap'],
      ['frames$.pipe(rx.concatMap(work))', 'concatMap'],
      ['frames$.pipe(rx.mergeMap(work, 2))', 'mergeMap'],
      ['frames$.pipe(rx.first((lease) => lease.timestampUs > 0))', 'first'],
      ['frames$.pipe(rx.filter((lease) => lease.timestampUs > 0))', 'filter'],
      ['frames$.pipe(rx.audit(fps$))', 'audit'],
      ['frames$.pipe(rx.auditTime(5))', 'auditTime'],
      ['frames$.pipe(rx.buffer(fps$))', 'buffer'],
      ['frames$.pipe(rx.bufferCount(2))', 'bufferCount'],
      ['frames$.pipe(rx.combineLatestWith(fps$))', 'combineLatestWith'],
      ['frames$.pipe(rx.count())', 'count'],
      ['frames$.pipe(rx.debounce(() => fps$))', 'debounce'],
      ['frames$.pipe(rx.debounceTime(5))', 'debounceTime'],
      ['frames$.pipe(rx.delay(5))', 'delay'],
      ['frames$.pipe(rx.distinctUntilChanged())', 'distinctUntilChanged'],
      ['frames$.pipe(rx.elementAt(2))', 'elementAt'],
      ['frames$.pipe(rx.find(Boolean))', 'find'],
      ['frames$.pipe(rx.groupBy(() => 1))', 'groupBy'],
      ['frames$.pipe(rx.ignoreElements())', 'ignoreElements'],
      ['frames$.pipe(rx.isEmpty())', 'isEmpty'],
      ['frames$.pipe(rx.last())', 'last'],
      ['frames$.pipe(rx.observeOn(rx.asapScheduler))', 'observeOn'],
      ['frames$.pipe(rx.pairwise())', 'pairwise'],
      ['frames$.pipe(rx.sample(fps$))', 'sample'],
      ['frames$.pipe(rx.sampleTime(5))', 'sampleTime'],
      ['frames$.pipe(rx.share())', 'share'],
      ['frames$.pipe(rx.shareReplay({ bufferSize: 1, refCount: true }))', 'shareReplay'],
      ['frames$.pipe(rx.skip(1))', 'skip'],
      ['frames$.pipe(rx.skipUntil(fps$))', 'skipUntil'],
      ['frames$.pipe(rx.skipWhile(Boolean))', 'skipWhile'],
      ['frames$.pipe(rx.takeLast(1))', 'takeLast'],
      ['frames$.pipe(rx.takeWhile(Boolean))', 'takeWhile'],
      ['frames$.pipe(rx.throttle(() => fps$))', 'throttle'],
      ['frames$.pipe(rx.throttleTime(5))', 'throttleTime'],
      ['frames$.pipe(rx.toArray())', 'toArray'],
      ['frames$.pipe(rx.windowCount(2))', 'windowCount'],
      ['frames$.pipe(rx.withLatestFrom(fps$))', 'withLatestFrom'],
      ['frames$.pipe(rx.zipWith(fps$))', 'zipWith'],
    ]),
    banned('each of them in a pipe', [
      ['frames$.pipe(everyNth(2), rx.ignoreElements())', 'ignoreElements'],
      ['frames$.pipe(rx.share(), everyNth(2), rx.share(), latestFrame(work), rx.share())', 'share', 'share'],
      ['rx.pipe(rx.debounceTime<FrameLease>(5), rx.skip(1))', 'debounceTime', 'skip'],
    ]),
    banned('other streams, other frames, frames inside of values', [
      ['videoFrames$.pipe(rx.debounceTime(5))', 'debounceTime'],
      ['bitmaps$.pipe(rx.skip(1))', 'skip'],
      ['frames$.pipe(rx.map((lease) => ({ lease, n: 1 })), rx.skip(1))', 'skip'],
      ['frames$.pipe(rx.map((lease) => [lease, 1] as const), rx.skip(1))', 'skip'],
      ['rx.merge(frames$, fps$).pipe(rx.debounceTime(5))', 'debounceTime'],
      ['interface Shot { lease: FrameLease } declare const shots$: rx.Observable<Shot>'],
      ['shots$.pipe(rx.skip(1))', 'skip'],
      ['function f<T extends FrameLease>(s: rx.Observable<T>) { return s.pipe(rx.skip(1)); }', 'skip'],
    ]),
    banned('frames that come from another stream', [
      ['fps$.pipe(rx.withLatestFrom(frames$))', 'withLatestFrom'],
      ['rx.combineLatest([fps$, frames$])', 'combineLatest'],
      ['rx.combineLatest({ fps: fps$, lease: frames$ })', 'combineLatest'],
      ['rx.combineLatest([fps$, frames$], (n) => n)', 'combineLatest'],
      ['rx.zip(frames$, fps$)', 'zip'],
      ['rx.forkJoin([frames$])', 'forkJoin'],
      ['rx.partition(frames$, Boolean)', 'partition'],
      ['rx.connectable(frames$)', 'connectable'],
      ['void rx.lastValueFrom(frames$)', 'lastValueFrom'],
    ]),
    {
      ...allowed('functions by another name, with all that is said of them', [
        "import { debounceTime as calm } from 'rxjs'; frames$.pipe(calm(5))",
        "import { share } from 'rxjs/operators'; frames$.pipe(share())",
      ]),
      errors: [
        {
          message:
            '`debounceTime` drops frames without releasing them. Use withinBudget(work, { targetFps }) or latestFrame(work), which release what they drop.',
        },
        {
          message:
            '`share` gives one and the same frame to several owners. Use shareFrame(), which gives each listener a lease of its own.',
        },
      ],
    },
  ],
});

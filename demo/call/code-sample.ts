/** The lines that do in another page what this one does, for the filter, the parameters and the policy that are chosen. */
import { resolveParams } from 'convolux';
import { mountCode } from '../shared/code-block.ts';
import { currentParams } from '../shared/filter-settings.ts';
import { required } from '../shared/required.ts';
import type { Settings, Store } from './store.ts';

export function mountCodeSample(store: Store): void {
  const show = mountCode(required('[data-role=code]', HTMLElement));
  store.select(({ settings }) => codeFor(settings)).subscribe(show);
}

function codeFor(settings: Settings): string {
  const { filter, failure } = settings;
  const usual = resolveParams(filter, {});
  const changed = Object.entries(currentParams(settings)).filter(([name, value]) => value !== usual[name]);
  const params = changed.map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? `'${value}'` : String(value)}`,
  );
  const options = [
    "source: { kind: 'camera' }",
    `filter: ${variableOf(filter.name)}`,
    ...(params.length === 0 ? [] : [`params: { ${params.join(', ')} }`]),
    ...(failure === 'freeze' ? [] : [`failurePolicy: '${failure}'`]),
  ];
  return [
    `const pipeline = openPipeline({ ${options.join(', ')} });`,
    'const track = await pipeline.track;',
    'peer.addTrack(track, new MediaStream([track]));',
  ].join('\n');
}

/** 'temporal-denoise' is exported as temporalDenoise. */
function variableOf(name: string): string {
  return name.replaceAll(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
}

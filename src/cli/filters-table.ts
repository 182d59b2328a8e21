/** All filters and what can be set of them, for people. */
import type { Filter, ParamSpec } from '../graph/filter.ts';

const MOST_KERNEL = 48;

export function filterLines(filters: readonly Filter[]): readonly string[] {
  return filters.flatMap(({ name, title, description, params }, index) => {
    const width = Math.max(0, ...Object.keys(params).map((param) => param.length));
    return [
      ...(index === 0 ? [] : ['']),
      `${name} (${title})`,
      `  ${description}`,
      ...Object.entries(params).map(([param, spec]) => `  ${param.padEnd(width)}  ${inWords(spec)}`),
    ];
  });
}

/** 'Strength: 0.1 to 4 ×, default 1'. */
function inWords(spec: ParamSpec): string {
  switch (spec.type) {
    case 'number': {
      const unit = spec.unit === undefined ? '' : ` ${spec.unit}`;
      return `${spec.title}: ${spec.min} to ${spec.max}${unit}, default ${spec.default}`;
    }
    case 'choice':
      return `${spec.title}: ${spec.choices.join(', ')}; default ${spec.default}`;
    case 'boolean':
      return `${spec.title}: true or false, default ${spec.default}`;
    case 'kernel': {
      const text =
        spec.default.length > MOST_KERNEL ? `${spec.default.slice(0, MOST_KERNEL)}…` : spec.default;
      return (
        `${spec.title}: weights as text, rows end with ';', frames with '|'; ` +
        `to ${spec.maxFrames} frames of ${spec.maxSide}×${spec.maxSide}; default '${text}'`
      );
    }
  }
}

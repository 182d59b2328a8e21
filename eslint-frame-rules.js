/**
 * Typed lint rules for streams of frames. A camera stalls when a frame isn't closed, and most of RxJS's own operators let
 * values go without a word: `frames/safe-operators` reports those on streams whose values are, or hold, a FrameLease, a
 * VideoFrame or an ImageBitmap, and names what to use instead.
 */
import ts from 'typescript';

/**
 * What TypeScript's parser offers to rules.
 *
 * @typedef {{ program?: ts.Program, esTreeNodeToTSNodeMap: WeakMap<object, ts.Node> }} TypeServices
 */

const FRAME_TYPES = new Set(['FrameLease', 'VideoFrame', 'ImageBitmap']);
/** How far into the properties of a value frames are looked for. */
const MAX_DEPTH = 3;

const DROPS = 'drops frames without releasing them';
const KEEPS = 'keeps frames, and never releases those that it still has in the end';
const SHARES = 'gives one and the same frame to several owners';

const NEWEST = 'latestFrame(work), which releases what it drops';
const RATE = 'withinBudget(work, { targetFps }) or latestFrame(work), which release what they drop';
const FEWER = 'everyNth(n), which releases the others, or pick after the frame became a result';
const LISTENERS = 'shareFrame(), which gives each listener a lease of its own';
const RESULTS = 'it on the results of latestFrame(work) or withinBudget(work), which are no frames';
const LIMIT = 'take(n) or takeUntil(end$), which drop nothing';

/** @type {readonly [harm: string, instead: string, names: readonly string[]][]} */
const BANS = [
  [DROPS, NEWEST, ['exhaustMap', 'switchMap', 'switchMapTo', 'switchScan']],
  [DROPS, RATE, ['audit', 'auditTime', 'debounce', 'debounceTime', 'sample', 'sampleTime']],
  [DROPS, RATE, ['throttle', 'throttleTime']],
  [DROPS, FEWER, ['distinct', 'distinctUntilChanged', 'distinctUntilKeyChanged', 'elementAt', 'filter']],
  [
    DROPS,
    FEWER,
    ['find', 'last', 'partition', 'single', 'skip', 'skipLast', 'skipUntil', 'skipWhile', 'takeLast'],
  ],
  [DROPS, LIMIT, ['takeWhile']],
  [DROPS, RESULTS, ['count', 'every', 'findIndex', 'forkJoin', 'ignoreElements', 'isEmpty', 'lastValueFrom']],
  [DROPS, RESULTS, ['mapTo', 'max', 'min', 'sequenceEqual']],
  [KEEPS, NEWEST, ['concatMap', 'concatMapTo', 'delay', 'delayWhen', 'mergeScan', 'observeOn']],
  [KEEPS, RESULTS, ['buffer', 'bufferCount', 'bufferTime', 'bufferToggle', 'bufferWhen', 'toArray']],
  [KEEPS, RESULTS, ['groupBy', 'window', 'windowCount', 'windowTime', 'windowToggle', 'windowWhen']],
  [KEEPS, RESULTS, ['zip', 'zipAll', 'zipWith']],
  [SHARES, LISTENERS, ['connect', 'connectable', 'multicast', 'publish', 'publishBehavior', 'publishLast']],
  [SHARES, LISTENERS, ['publishReplay', 'share', 'shareReplay']],
  [SHARES, RESULTS, ['combineLatest', 'combineLatestAll', 'combineLatestWith', 'pairwise', 'withLatestFrom']],
];

/** @type {ReadonlyMap<string, { harm: string, instead: string }>} */
const ADVICE = new Map(
  BANS.flatMap(([harm, instead, names]) => names.map((name) => [name, { harm, instead }])),
);

/**
 * Harmless unless they have more than so many arguments: `first(isGood)` drops those that aren't, where `first()` is
 * `take(1)`; `mergeMap(work, 2)` keeps those that come while two are at work.
 *
 * @type {ReadonlyMap<string, { harm: string, instead: string, most: number }>}
 */
const CONDITIONAL = new Map([
  ['first', { harm: DROPS, instead: LIMIT, most: 0 }],
  ['mergeMap', { harm: KEEPS, instead: NEWEST, most: 1 }],
]);

/** These take frames from other streams too, which shows in what they give. */
const COMBINING = /^(zip|combineLatest|withLatestFrom)/;

/**
 * The name under which RxJS itself knows the function that is called, whatever it was imported as.
 *
 * @param {ts.TypeChecker} checker @param {ts.Expression} callee
 */
function rxjsName(checker, callee) {
  const named = checker.getSymbolAtLocation(callee);
  if (named === undefined) return null;
  const symbol = named.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(named) : named;
  const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? '';
  return file.includes('/node_modules/rxjs/') ? symbol.name : null;
}

/** @param {ts.TypeChecker} checker @param {ts.Type} type @returns {readonly ts.Type[]} */
function typeArguments(checker, type) {
  const { objectFlags } = /** @type {ts.ObjectType} */ (type);
  const isReference = type.flags & ts.TypeFlags.Object && objectFlags & ts.ObjectFlags.Reference;
  return isReference ? checker.getTypeArguments(/** @type {ts.TypeReference} */ (type)) : [];
}

/** Whether a value is or holds a frame. @param {ts.TypeChecker} checker @param {ts.Type} type @returns {boolean} */
function holdsFrame(checker, type, depth = 0) {
  if (depth > MAX_DEPTH) return false;
  /** @param {ts.Type} part */
  const holds = (part) => holdsFrame(checker, part, depth + 1);
  // Primitives have none, whatever TypeScript's own types say.
  const symbol = /** @type {ts.Symbol | undefined} */ (type.symbol);
  if (type.isUnionOrIntersection()) return type.types.some(holds);
  if (type.isTypeParameter()) {
    const constraint = type.getConstraint();
    return constraint !== undefined && holds(constraint);
  }
  if (symbol === undefined) return false;
  if (FRAME_TYPES.has(symbol.name)) return true;
  if (checker.isArrayType(type) || checker.isTupleType(type)) return typeArguments(checker, type).some(holds);
  if (!isPlain(symbol)) return false;
  return checker.getPropertiesOfType(type).some((property) => holds(checker.getTypeOfSymbol(property)));
}

/** No class, which answers for what it holds, and no interface of a library's. @param {ts.Symbol} symbol */
function isPlain(symbol) {
  if (symbol.flags & ts.SymbolFlags.Class) return false;
  const isInterface = (symbol.flags & ts.SymbolFlags.Interface) !== 0;
  return !(isInterface && symbol.declarations?.[0]?.getSourceFile().isDeclarationFile === true);
}

/**
 * Whether this is a stream of values that hold frames, a promise of one, or a list of such streams.
 *
 * @param {ts.TypeChecker} checker @param {ts.Type} type @returns {boolean}
 */
function givesFrames(checker, type) {
  if (holdsFrame(checker, type)) return true;
  return typeArguments(checker, type).some((value) => givesFrames(checker, value));
}

/**
 * What comes out of the operator before this one in a `pipe`, or out of the stream. For operators that take anything, whose
 * types say nothing of it.
 *
 * @param {ts.TypeChecker} checker @param {ts.CallExpression} call
 * @returns {readonly ts.Type[]}
 */
function upstream(checker, call) {
  const { parent } = call;
  if (!ts.isCallExpression(parent) || !ts.isPropertyAccessExpression(parent.expression)) return [];
  const index = parent.arguments.indexOf(call);
  if (index < 0) return [];
  const before = parent.arguments[index - 1];
  if (before === undefined) return [checker.getTypeAtLocation(parent.expression.expression)];
  const operators = checker.getTypeAtLocation(before).getCallSignatures();
  return operators.map((operator) => operator.getReturnType());
}

/**
 * What flows through a call of one of RxJS's functions: the input of an operator (and the output, where that is made of
 * several inputs), or what a stream is made of.
 *
 * @param {ts.TypeChecker} checker @param {string} name @param {ts.CallExpression} call
 * @returns {readonly ts.Type[]}
 */
function flowing(checker, name, call) {
  const called = checker.getTypeAtLocation(call);
  const [operator] = called.getCallSignatures();
  const input = operator?.parameters[0];
  if (operator === undefined || input === undefined)
    return [called, ...call.arguments.map((argument) => checker.getTypeAtLocation(argument))];
  const output = COMBINING.test(name) ? [operator.getReturnType()] : [];
  return [checker.getTypeOfSymbol(input), ...output, ...upstream(checker, call)];
}

/** What is said against a call. @param {ts.TypeChecker} checker @param {ts.CallExpression} call */
function objection(checker, call) {
  const name = rxjsName(checker, call.expression);
  if (name === null) return null;
  const conditional = CONDITIONAL.get(name);
  if (conditional !== undefined && call.arguments.length <= conditional.most) return null;
  const advice = conditional ?? ADVICE.get(name);
  if (advice === undefined) return null;
  if (!flowing(checker, name, call).some((type) => givesFrames(checker, type))) return null;
  return { name, harm: advice.harm, instead: advice.instead };
}

/** @type {import('eslint').Rule.RuleModule} */
const safeOperators = {
  meta: {
    type: 'problem',
    docs: { description: "Forbids RxJS's operators that let frames go without closing them." },
    messages: { unsafe: '`{{name}}` {{harm}}. Use {{instead}}.' },
    schema: [],
  },
  create(context) {
    /** @type {unknown} */
    const offered = context.sourceCode.parserServices;
    const { program, esTreeNodeToTSNodeMap } = /** @type {TypeServices} */ (offered);
    if (program === undefined)
      throw new Error('frames/safe-operators needs typed linting: parserOptions.projectService, or project');
    const checker = program.getTypeChecker();
    return {
      CallExpression(node) {
        const call = esTreeNodeToTSNodeMap.get(node);
        if (call === undefined || !ts.isCallExpression(call)) return;
        const data = objection(checker, call);
        if (data !== null) context.report({ node: node.callee, messageId: 'unsafe', data });
      },
    };
  },
};

/** @type {import('eslint').ESLint.Plugin} */
export const frameRules = { meta: { name: 'frames' }, rules: { 'safe-operators': safeOperators } };

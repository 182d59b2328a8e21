/**
 * Graphics that fail on demand: a BroadcastChannel of the worker's name is told 'throw' (each draw throws from now on),
 * 'work' (none does) or 'lose' (the context in use is lost, as a driver's reset would), and answers each.
 */
const contexts: WebGL2RenderingContext[] = [];
const { getContext } = OffscreenCanvas.prototype;
OffscreenCanvas.prototype.getContext = function keep(
  this: OffscreenCanvas,
  ...given: Parameters<typeof getContext>
) {
  const context = getContext.apply(this, given);
  if (context instanceof WebGL2RenderingContext && !contexts.includes(context)) contexts.push(context);
  return context;
} as typeof getContext;

let isFailing = false;
const { drawArrays } = WebGL2RenderingContext.prototype;
WebGL2RenderingContext.prototype.drawArrays = function draw(this: WebGL2RenderingContext, ...given) {
  if (isFailing) throw new Error('the filter broke');
  drawArrays.apply(this, given);
};

const channel = new BroadcastChannel(self.name);
channel.onmessage = ({ data }: MessageEvent<'throw' | 'work' | 'lose'>) => {
  if (data === 'lose')
    for (const context of contexts) context.getExtension('WEBGL_lose_context')?.loseContext();
  else isFailing = data === 'throw';
  channel.postMessage('done');
};

export {};

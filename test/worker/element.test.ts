/** `<convolux-video>` with real frames: its attributes, what follows a change of them, and what it says of a mistake. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PipelineError } from '../../src/core/errors.ts';
import { ConvoluxVideoElement } from '../../src/element.ts';
import { errorsOf, made, moreFrames, mount, nextTask, running, said, until } from './run-element.ts';

afterEach(async () => {
  const elements = [...document.querySelectorAll('convolux-video')];
  document.body.replaceChildren();
  await Promise.all(elements.map((element) => element.stop()));
  ConvoluxVideoElement.createWorker = undefined;
});

describe('attributes and properties', () => {
  test.each([
    ['source', 'source', 'screen'],
    ['src', 'src', 'a.webm'],
    ['device', 'device', 'a1'],
    ['facingMode', 'facing-mode', 'user'],
    ['filter', 'filter', 'edge'],
    ['degradation', 'degradation', 'balanced'],
    ['failure', 'failure', 'black'],
    ['poster', 'poster', 'a.png'],
  ] as const)('%s is the attribute %s', (property, attribute, value) => {
    const element = made();
    expect(element[property]).toBe('');
    element[property] = value;
    expect(element.getAttribute(attribute)).toBe(value);
    element[property] = null;
    expect(element.hasAttribute(attribute)).toBe(false);
    element.setAttribute(attribute, value);
    expect(element[property]).toBe(value);
  });

  test.each(['controls', 'mirrored', 'autostart'] as const)('%s is there or not', (name) => {
    const element = made();
    expect(element[name]).toBe(false);
    element[name] = true;
    expect(element.getAttribute(name)).toBe('');
    element[name] = false;
    expect(element.hasAttribute(name)).toBe(false);
  });

  test('params is JSON, target-fps a number', () => {
    const element = made({ params: '{"sigma":2}', 'target-fps': '24' });
    expect(element.params).toEqual({ sigma: 2 });
    expect(element.targetFps).toBe(24);
    element.params = { sigma: 3 };
    element.targetFps = 12;
    expect(element.outerHTML).toContain(`params="{&quot;sigma&quot;:3}" target-fps="12"`);
    element.params = null;
    element.targetFps = null;
    expect(element.getAttributeNames()).toEqual([]);
    expect(element.params).toEqual({});
    expect(element.targetFps).toBeNull();
    element.setAttribute('params', '{');
    expect(element.params).toEqual({});
  });

  test('properties that were set before the element was defined count', () => {
    const early = document.createElement('convolux-early');
    const track = { kind: 'pattern' } as const;
    Object.assign(early, { filter: 'blur', params: { sigma: 2 }, controls: true, srcObject: track });
    document.body.append(early);
    expect(early.getAttributeNames()).toEqual([]);
    customElements.define('convolux-early', class extends ConvoluxVideoElement {});
    if (!(early instanceof ConvoluxVideoElement)) throw new Error('it was not made one');
    expect(early.getAttribute('filter')).toBe('blur');
    expect(early.getAttribute('params')).toBe('{"sigma":2}');
    expect(early.controls).toBe(true);
    expect(early.srcObject).toBe(track);
    expect(Object.keys(early)).toEqual([]);
    early.remove();
  });
});

describe('a start', () => {
  test('is never by itself, except where that is asked for', async () => {
    const idle = mount({ source: 'pattern' });
    const element = mount({ source: 'pattern', autostart: true });
    await until(() => {
      expect(element.state).toBe('running');
    });
    expect(idle.state).toBe('idle');
    await element.stop();
    // Stopped by hand: it stays so, also where it is moved to.
    const frame = document.createElement('div');
    document.body.append(frame);
    frame.append(element);
    await nextTask();
    expect(element.state).toBe('stopped');
    idle.autostart = true;
    await until(() => {
      expect(idle.state).toBe('running');
    });
  });

  test('tells its states, its filter and its figures', async () => {
    const element = mount({ filter: 'edge', params: '{"strength":2}' });
    element.srcObject = { kind: 'pattern', width: 64, height: 48 };
    const states: string[] = [];
    const filters: unknown[] = [];
    element.addEventListener('statechange', ({ detail }) => states.push(detail.status));
    element.addEventListener('filterchange', ({ detail }) => filters.push(detail));
    const measured = new Promise<number>((resolve) => {
      element.addEventListener('stats', ({ detail }) => {
        if (detail.shown > 5) resolve(detail.fps);
      });
    });
    expect(element.pipeline).toBeNull();
    const started = element.start();
    expect(element.state).toBe('starting');
    expect(element.pipeline).not.toBeNull();
    await started;
    expect(await measured).toBeGreaterThan(1);
    expect(element.stats).toMatchObject({ source: 'pattern', fullWidth: 64, fullHeight: 48 });
    await element.stop();
    expect(states).toEqual(['starting', 'running', 'stopped']);
    expect(filters).toEqual([{ filter: 'edge', params: { strength: 2, threshold: 0 } }]);
    expect([element.pipeline, element.stats]).toEqual([null, null]);
  });

  test('goes again after a stop, also at once', async () => {
    const element = await running();
    void element.stop();
    expect(element.state).toBe('stopped');
    await element.start();
    await moreFrames(element);
  });

  test('with a wrong attribute fails by its name, and works when that is mended', async () => {
    const element = mount({ source: 'pattern', filter: 'egde' });
    const errors = errorsOf(element);
    await expect(element.start()).rejects.toThrow(`Did you mean 'edge'?`);
    expect(element.state).toBe('failed');
    expect(errors).toHaveLength(1);
    expect(element.error).toBe(errors[0]);
    expect(said(element)).toMatch(/^Stopped by a fault: filter must be the name of a filter/);
    element.filter = 'edge';
    await element.start();
    expect(element.error).toBeNull();
    expect(errors).toHaveLength(1);
  });

  test('without its worker fails, and works when that is there', async () => {
    ConvoluxVideoElement.createWorker = () => new Worker('/nowhere.js', { type: 'module' });
    const element = mount({ source: 'pattern' });
    const errors = errorsOf(element);
    await expect(element.start()).rejects.toMatchObject({ code: 'worker-missing' });
    expect(element.state).toBe('failed');
    expect(errors.map((error) => (error as PipelineError).code)).toEqual(['worker-missing']);
    ConvoluxVideoElement.createWorker = undefined;
    await element.start();
    await moreFrames(element);
  });
});

describe('a change while it runs', () => {
  test('of filter and parameters is applied once, at the end of the task, and starts nothing anew', async () => {
    const element = await running();
    const { pipeline } = element;
    const setFilter = vi.spyOn(pipeline!, 'setFilter');
    const changed: unknown[] = [];
    element.addEventListener('filterchange', ({ detail }) => changed.push(detail));
    for (const sigma of [1, 2, 3, 4]) {
      element.params = { sigma };
      element.filter = 'blur';
    }
    expect(setFilter).not.toHaveBeenCalled();
    await until(() => {
      expect(changed).toEqual([{ filter: 'blur', params: { sigma: 4 } }]);
    });
    expect(setFilter).toHaveBeenCalledTimes(1);
    element.params = { sigma: 4 };
    element.params = { sigma: 5 };
    await until(() => {
      expect(changed).toHaveLength(2);
    });
    expect(element.pipeline).toBe(pipeline);
    await moreFrames(element);
  });

  test('is not lost to a start that finds it running', async () => {
    const element = await running();
    const changed = new Promise((resolve) => {
      element.addEventListener('filterchange', ({ detail }) => {
        resolve(detail.filter);
      });
    });
    element.filter = 'blur';
    await element.start();
    expect(await changed).toBe('blur');
  });

  test('of the source goes on with the same track', async () => {
    const element = await running();
    const { pipeline } = element;
    const track = await pipeline!.track;
    element.srcObject = null;
    element.source = 'camera';
    await until(() => {
      expect(element.stats?.source).toBe('camera');
    });
    element.src = new URL('../fixtures/rabbit-160x120.webm', import.meta.url).href;
    element.source = 'video';
    await until(() => {
      expect(element.stats).toMatchObject({ source: 'video', fullWidth: 160 });
    });
    expect(element.pipeline).toBe(pipeline);
    expect(await pipeline!.track).toBe(track);
    expect(track.readyState).toBe('live');
  });

  test('of what does not matter to its source leaves it alone', async () => {
    const element = await running({ source: 'pattern' });
    const setSource = vi.spyOn(element.pipeline!, 'setSource');
    element.device = 'a1';
    element.src = 'a.webm';
    await nextTask();
    expect(setSource).not.toHaveBeenCalled();
  });

  test('of the budget asks for it', async () => {
    const element = await running();
    element.targetFps = 5;
    element.degradation = 'balanced';
    await until(() => {
      expect(element.stats?.fps).toBeLessThan(8);
    });
  });

  test('to something wrong is told by name, and what runs goes on', async () => {
    const element = await running({ source: 'pattern' });
    const errors = errorsOf(element);
    const { pipeline } = element;
    const mistakes = [
      ['params', '{"sigma', TypeError, /^params must be a JSON object/],
      ['params', '{"sigma":3}', TypeError, /no parameter/],
      ['params', '{"strength":-5}', RangeError, /edge\.strength must be/],
      ['filter', 'blurr', TypeError, /Did you mean 'blur'\?$/],
      ['target-fps', 'fast', TypeError, /^target-fps must be a number/],
      ['target-fps', '1000', RangeError, /^target-fps must be 1 to 240/],
      ['degradation', 'all', TypeError, /^degradation must be/],
      ['failure', 'white', TypeError, /^failure must be/],
      ['source', 'webcam', TypeError, /^source must be/],
    ] as const;
    for (const [count, [attribute, value, type, message]] of mistakes.entries()) {
      const before = element.getAttribute(attribute);
      expect(() => {
        element.setAttribute(attribute, value);
      }).not.toThrow();
      await nextTask();
      expect(errors, `${attribute}="${value}"`).toHaveLength(count + 1);
      expect(errors[count]).toBeInstanceOf(type);
      expect(errors[count]!.message).toMatch(message);
      // Another attribute does not bring it up again, and neither does the right one.
      element.toggleAttribute('controls');
      element.poster = `${count}.png`;
      if (before === null) element.removeAttribute(attribute);
      else element.setAttribute(attribute, before);
      await nextTask();
      expect(errors).toHaveLength(count + 1);
    }
    expect([element.state, element.pipeline]).toEqual(['running', pipeline]);
    await moreFrames(element);
  });
});

describe('srcObject', () => {
  const canvasStream = (): MediaStream => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 64, height: 48 });
    const pen = canvas.getContext('2d')!;
    const stream = canvas.captureStream(30);
    const draw = (): void => {
      pen.fillStyle = `hsl(${performance.now() % 360} 80% 50%)`;
      pen.fillRect(0, 0, 64, 48);
      if (stream.active) requestAnimationFrame(draw);
    };
    draw();
    return stream;
  };

  test('takes a stream of the page’s, which stays its own', async () => {
    const stream = canvasStream();
    const element = mount({ filter: 'edge' });
    element.srcObject = stream;
    await element.start();
    await until(() => {
      expect(element.stats).toMatchObject({ source: 'track', fullWidth: 64 });
    });
    await element.stop();
    expect(stream.getVideoTracks()[0]!.readyState).toBe('live');
    stream.getTracks().forEach((track) => {
      track.stop();
    });
  });

  test('takes a clip', async () => {
    const response = await fetch(new URL('../fixtures/rabbit-160x120.webm', import.meta.url));
    const element = mount();
    element.srcObject = await response.blob();
    await element.start();
    await until(() => {
      expect(element.stats).toMatchObject({ source: 'video', fullWidth: 160 });
    });
  });

  test('refuses sound and a track that has ended, by name', async () => {
    const sound = new AudioContext().createMediaStreamDestination().stream;
    const ended = canvasStream().getVideoTracks()[0]!;
    ended.stop();
    const element = await running();
    const errors = errorsOf(element);
    for (const wrong of [sound, sound.getAudioTracks()[0]!, ended]) {
      element.srcObject = wrong;
      await until(() => {
        expect(errors.at(-1)).toBeInstanceOf(TypeError);
      });
    }
    await until(() => {
      expect(errors).toHaveLength(3);
    });
    await moreFrames(element);
  });
});

/** What is seen and heard of `<convolux-video>`: its picture, its words, its button, under a strict policy too. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ConvoluxVideoElement, ENGLISH } from '../../src/element.ts';
import { made, moreFrames, mount, part, running, said, until } from './run-element.ts';

afterEach(async () => {
  const elements = [...document.querySelectorAll('convolux-video')];
  document.body.replaceChildren();
  await Promise.all(elements.map((element) => element.stop()));
  ConvoluxVideoElement.words = ENGLISH;
  vi.unstubAllGlobals();
});

const isSeen = (element: Element): boolean => element.checkVisibility();

/** In shares of width and height. */
async function colorAt(picture: ImageBitmapSource, x: number, y: number): Promise<readonly number[]> {
  const bitmap = await createImageBitmap(picture);
  const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  pen.drawImage(bitmap, 0, 0);
  const { data } = pen.getImageData(x * bitmap.width, y * bitmap.height, 1, 1);
  bitmap.close();
  return [...data.slice(0, 3)];
}

describe('the shadow tree', () => {
  test('has one sheet for all elements, and no style that a policy could refuse', () => {
    const [a, b] = [mount({ controls: true, poster: 'a.png' }), mount()];
    expect(a.shadowRoot!.adoptedStyleSheets).toEqual(b.shadowRoot!.adoptedStyleSheets);
    expect(a.shadowRoot!.querySelectorAll('style, link, [style]')).toHaveLength(0);
    expect(a.hasAttribute('style')).toBe(false);
  });

  test('works under a strict policy', async () => {
    const frame = document.createElement('iframe');
    const policy = "default-src 'self'; object-src 'none'; base-uri 'none'";
    frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${policy}"><body></body>`;
    const loaded = new Promise((resolve) => {
      frame.addEventListener('load', resolve);
    });
    document.body.append(frame);
    await loaded;
    const inside = frame.contentWindow!;
    const refused: string[] = [];
    inside.document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      refused.push(`${violatedDirective} ${blockedURI}`);
    });
    const script = inside.document.createElement('script');
    Object.assign(script, { type: 'module', src: new URL('../../src/define.ts', import.meta.url).href });
    inside.document.body.append(script);
    await inside.customElements.whenDefined('convolux-video');
    const element = inside.document.createElement('convolux-video');
    element.controls = true;
    element.source = 'pattern';
    inside.document.body.append(element);
    await element.start();
    await moreFrames(element);
    expect((await element.snapshot()).size).toBeGreaterThan(1000);
    expect(inside.getComputedStyle(element).display).toBe('block');
    expect(refused).toEqual([]);
    await element.stop();
  });

  test('has the parts that its guide names', () => {
    const element = mount();
    for (const name of ['video', 'poster', 'message', 'spinner', 'controls', 'button', 'status', 'rate'])
      expect(part(element, name), name).toBeInstanceOf(HTMLElement);
  });
});

describe('the picture', () => {
  test('before the first and after the last frame is the poster', async () => {
    const element = mount({ poster: new URL('../fixtures/flower-640x360.jpg', import.meta.url).href });
    const poster = part(element, 'poster') as HTMLImageElement;
    await until(() => {
      expect(poster.naturalWidth).toBe(640);
    });
    expect(isSeen(poster)).toBe(true);
    element.srcObject = { kind: 'pattern', width: 64, height: 48 };
    await element.start();
    await until(() => {
      expect(isSeen(poster)).toBe(false);
    });
    await element.stop();
    expect(isSeen(poster)).toBe(true);
    expect((part(element, 'video') as HTMLVideoElement).srcObject).toBeNull();
    element.poster = null;
    expect(poster.hasAttribute('src')).toBe(false);
    expect(isSeen(poster)).toBe(false);
  });

  test('of a poster in the slot takes the place of the attribute’s', async () => {
    const element = made({ poster: 'nowhere.png' });
    const own = document.createElement('p');
    own.slot = 'poster';
    own.textContent = 'Soon';
    element.append(own);
    document.body.append(element);
    expect([isSeen(own), isSeen(part(element, 'poster'))]).toEqual([true, false]);
    element.srcObject = { kind: 'pattern', width: 64, height: 48 };
    await element.start();
    await until(() => {
      expect(isSeen(own)).toBe(false);
    });
  });

  test('is mirrored for the eye alone', async () => {
    const element = await running({ source: 'pattern', filter: 'none', mirrored: true });
    await moreFrames(element);
    expect(getComputedStyle(part(element, 'video')).transform).toBe('matrix(-1, 0, 0, 1, 0, 0)');
    const mirrored = await element.snapshot();
    element.mirrored = false;
    expect(getComputedStyle(part(element, 'video')).transform).toBe('none');
    const plain = await element.snapshot();
    // Grey is the leftmost of the colour bars, blue the rightmost.
    for (const picture of [mirrored, plain]) {
      const [left, right] = [await colorAt(picture, 0.05, 0.05), await colorAt(picture, 0.95, 0.05)];
      expect(Math.max(...left) - Math.min(...left)).toBeLessThan(12);
      expect(right[2]! - right[0]!).toBeGreaterThan(80);
    }
  });

  test('is taken in its full size, as what is asked for', async () => {
    const element = await running({ source: 'pattern', filter: 'blur' });
    await moreFrames(element);
    const picture = await element.snapshot();
    expect(picture.type).toBe('image/png');
    const bitmap = await createImageBitmap(picture);
    expect([bitmap.width, bitmap.height]).toEqual([640, 480]);
    const jpeg = await element.snapshot({ type: 'image/jpeg', quality: 0.5 });
    expect(jpeg.type).toBe('image/jpeg');
    expect(jpeg.size).toBeLessThan(picture.size);
  });

  test('keeps its shape, and fills the height that it is given', async () => {
    const element = mount({ source: 'pattern' });
    Object.assign(element.style, { width: '320px' });
    expect(element.getBoundingClientRect().height).toBe(180);
    await element.start();
    await until(() => {
      expect(element.getBoundingClientRect().height).toBe(240);
    });
    element.style.height = '100px';
    expect(part(element, 'video').getBoundingClientRect().height).toBe(100);
    element.style.height = '';
    element.style.setProperty('--convolux-aspect-ratio', '2');
    expect(element.getBoundingClientRect().height).toBe(160);
  });
});

describe('what is shown, elsewhere', () => {
  test.each(['with', 'without'])('is a stream of its own, %s a generator of tracks', async (how) => {
    if (how === 'without') vi.stubGlobal('MediaStreamTrackGenerator', undefined);
    const element = await running();
    const [mine] = element.captureStream().getVideoTracks();
    const [other] = element.captureStream().getVideoTracks();
    expect(mine!.contentHint).toBe('motion');
    mine!.stop();
    await moreFrames(element);
    expect(other!.readyState).toBe('live');
    await element.stop();
    expect(other!.readyState).toBe('ended');
  });

  test('is a recording', async () => {
    const element = await running();
    const recording = element.record({ container: 'webm' });
    await new Promise<void>((resolve) => {
      recording.stats$.subscribe(({ frames }) => {
        if (frames > 10) resolve();
      });
    });
    const clip = await recording.stop();
    expect(clip).toMatchObject({ container: 'webm', width: 64, height: 48 });
    expect(clip.blob!.size).toBeGreaterThan(100);
  });

  test('is nothing before there is a picture', async () => {
    const element = mount({ source: 'pattern' });
    const aborted = expect.objectContaining({ code: 'aborted' }) as Error;
    expect(() => element.captureStream()).toThrow(aborted);
    expect(() => element.record()).toThrow(aborted);
    await expect(element.snapshot()).rejects.toEqual(aborted);
  });
});

describe('controls', () => {
  test('are there where they are asked for, and start and stop', async () => {
    const element = mount({ source: 'pattern' });
    const button = part(element, 'button');
    expect(isSeen(button)).toBe(false);
    element.controls = true;
    expect([isSeen(button), button.textContent, said(element)]).toEqual([true, 'Start', 'Ready']);
    button.click();
    expect([button.textContent, said(element)]).toEqual(['Stop', 'Starting…']);
    expect(isSeen(part(element, 'spinner'))).toBe(true);
    await until(() => {
      expect(said(element)).toBe('Running');
      expect(part(element, 'rate').textContent).toMatch(/^\d+ fps$/);
    });
    expect(isSeen(part(element, 'message'))).toBe(false);
    button.click();
    expect([button.textContent, said(element), isSeen(part(element, 'rate'))]).toEqual(['Start', 'Stopped', false]);
  }); // prettier-ignore

  test('after a fault say what it was, and offer to try again', async () => {
    const element = mount({ source: 'video', src: '/nowhere.webm', controls: true });
    const button = part(element, 'button');
    button.click();
    await until(() => {
      expect(element.state).toBe('failed');
    });
    expect(button.textContent).toBe('Try again');
    expect(said(element)).toBe(`Stopped by a fault: ${element.error!.message}`);
    expect(part(element, 'message').textContent).toBe(element.error!.message);
    element.source = 'pattern';
    button.click();
    await until(() => {
      expect(element.state).toBe('running');
    });
  });

  test('speak the words that they are given', async () => {
    ConvoluxVideoElement.words = {
      ...ENGLISH,
      start: 'Los',
      retry: 'Nochmal',
      status: { ...ENGLISH.status, idle: 'Bereit', failed: 'Fehler' },
      fault: () => 'Das ging nicht.',
    };
    const element = mount({ filter: 'blurr', controls: true });
    const button = part(element, 'button');
    expect([button.textContent, said(element)]).toEqual(['Los', 'Bereit']);
    await expect(element.start()).rejects.toThrow(TypeError);
    expect([button.textContent, said(element)]).toEqual(['Nochmal', 'Fehler: Das ging nicht.']);
  });
});

/** The server that host pages have their clips from: ranges, what it takes, and what it keeps from strangers. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { byteRangeOf } from '../../src/cli/byte-range.ts';
import { startClipServer, type ClipServer, type ServedJob } from '../../src/cli/clip-server.ts';
import { readPageFiles } from '../../src/cli/page-files.ts';

describe('byteRangeOf', () => {
  test.each([
    ['bytes=0-', 100, { first: 0, last: 99 }],
    ['bytes=10-19', 100, { first: 10, last: 19 }],
    ['bytes=90-500', 100, { first: 90, last: 99 }],
    ['bytes=-10', 100, { first: 90, last: 99 }],
    ['bytes=-500', 100, { first: 0, last: 99 }],
    ['bytes=100-', 100, 'unsatisfiable'],
    ['bytes=-0', 100, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    [undefined, 100, 'whole'],
    ['bytes=-', 100, 'whole'],
    ['bytes=20-10', 100, 'whole'],
    ['bytes=0-1,5-6', 100, 'whole'],
    ['lines=0-1', 100, 'whole'],
  ])('%s of %d bytes', (header, size, range) => {
    expect(byteRangeOf(header, size)).toEqual(range);
  });
});

describe('the server', () => {
  const content = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
  let folder = '';
  let server: ClipServer;
  let job: ServedJob;
  let writes: (readonly [Buffer, number])[] = [];
  let fault: Error | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'convolux-server-'));
    writeFileSync(join(folder, 'in.mp4'), content);
    writeFileSync(join(folder, 'index.html'), '<p>host</p>');
    [writes, fault] = [[], undefined];
    server = await startClipServer(readPageFiles(folder));
    job = server.serve({
      input: join(folder, 'in.mp4'),
      output: {
        write: async (data, position) => {
          if (fault !== undefined) throw fault;
          writes.push([Buffer.from(data), position]);
        },
      },
    });
  });

  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('gives the page, with a policy that lets it reach nobody else', async () => {
    const response = await fetch(server.pageUrl);
    expect(await response.text()).toBe('<p>host</p>');
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'self'/);
  });

  test('gives an input whole and in ranges', async () => {
    const whole = await fetch(job.inputUrl);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    expect(whole.headers.get('content-length')).toBe('1000');
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(content);

    const part = await fetch(job.inputUrl, { headers: { Range: 'bytes=100-299' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 100-299/1000');
    expect(part.headers.get('content-length')).toBe('200');
    expect(Buffer.from(await part.arrayBuffer())).toEqual(content.subarray(100, 300));

    const behind = await fetch(job.inputUrl, { headers: { Range: 'bytes=1000-' } });
    expect(behind.status).toBe(416);
    expect(behind.headers.get('content-range')).toBe('bytes */1000');
    const head = await fetch(job.inputUrl, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('1000');
    expect(await head.text()).toBe('');
  });

  test('gives an empty input as one', async () => {
    writeFileSync(join(folder, 'in.mp4'), '');
    const response = await fetch(job.inputUrl);
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test('hands on what is written, at its place', async () => {
    const sent = new Uint8Array(300_000).map((_, index) => index % 253);
    const response = await fetch(`${job.outputUrl}?position=4096`, { method: 'POST', body: sent });
    expect(response.status).toBe(204);
    let position = 4096;
    for (const [data, at] of writes) {
      expect(at).toBe(position);
      position += data.byteLength;
    }
    expect(Buffer.concat(writes.map(([data]) => data)).equals(sent)).toBe(true);
  });

  test('says when what is written is not taken', async () => {
    fault = new Error('there is no room left');
    const response = await fetch(`${job.outputUrl}?position=0`, { method: 'POST', body: 'x' });
    expect([response.status, await response.text()]).toEqual([507, 'there is no room left']);
  });

  test.each(['', '?position=', '?position=-1', '?position=1.5', '?position=x'])(
    'refuses %j',
    async (query) => {
      const response = await fetch(`${job.outputUrl}${query}`, { method: 'POST', body: 'x' });
      expect(response.status).toBe(400);
      expect(writes).toEqual([]);
    },
  );

  test('knows nobody who lacks its word, no other file and no job that has ended', async () => {
    const { origin, pathname } = new URL(server.pageUrl);
    const token = pathname.split('/')[1] ?? '';
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    const { port } = new URL(origin);
    for (const path of ['/', `/${'0'.repeat(32)}/page/index.html`, `/${token}/page/none.js`]) {
      expect((await fetch(`${origin}${path}`)).status, path).toBe(404);
    }
    // As it stands: fetch would take the dots out.
    expect(await statusOf(port, `/${token}/page/../in.mp4`)).toBe(404);
    expect((await fetch(job.inputUrl, { method: 'DELETE' })).status).toBe(404);
    expect((await fetch(job.outputUrl)).status).toBe(404);
    job.end();
    expect((await fetch(job.inputUrl)).status).toBe(404);
    expect((await fetch(`${job.outputUrl}?position=0`, { method: 'POST', body: 'x' })).status).toBe(404);
  });

  test('listens on this machine alone, and ends with its connections', async () => {
    expect(new URL(server.pageUrl).hostname).toBe('127.0.0.1');
    const slow = await fetch(job.inputUrl);
    await server.close();
    await slow.body?.cancel();
    await expect(fetch(server.pageUrl)).rejects.toThrow();
  });

  test('holds all of the page in memory', async () => {
    rmSync(join(folder, 'index.html'));
    expect(await (await fetch(server.pageUrl)).text()).toBe('<p>host</p>');
    expect(existsSync(join(folder, 'index.html'))).toBe(false);
  });
});

function statusOf(port: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

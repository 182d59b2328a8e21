/**
 * Where the host page has its files from and takes its clips to: HTTP on 127.0.0.1, each path behind a random word that
 * other programs on the machine don't know. Owns the listening socket; reads inputs, and hands on what is written.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { byteRangeOf } from './byte-range.ts';
import type { ClipOutput } from './clip-runner.ts';
import { messageOf } from './message-of.ts';
import type { PageFiles } from './page-files.ts';

const POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'";

type Job = Readonly<{ input: string; output: ClipOutput }>;

/** A job as the page finds it. */
export type ServedJob = Readonly<{
  inputUrl: string;
  /** Takes POSTs with `?position=`, in bytes. */
  outputUrl: string;
  /** From here on the page finds nothing there. */
  end(): void;
}>;

export interface ClipServer {
  readonly pageUrl: string;
  serve(job: Job): ServedJob;
  close(): Promise<void>;
}

export async function startClipServer(files: PageFiles): Promise<ClipServer> {
  const token = randomBytes(16).toString('hex');
  const jobs = new Map<string, Job>();
  let served = 0;
  const server = createServer((request, response) => {
    answer(request, response, { token, files, jobs }).catch(() => {
      // The page went away, or the file did while it was read: it learns so by the connection.
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}`;
  return {
    pageUrl: `${root}/page/index.html`,
    serve: (job) => {
      const id = String(++served);
      jobs.set(id, job);
      return {
        inputUrl: `${root}/jobs/${id}/input`,
        outputUrl: `${root}/jobs/${id}/output`,
        end: () => void jobs.delete(id),
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Site = Readonly<{ token: string; files: PageFiles; jobs: ReadonlyMap<string, Job> }>;

async function answer(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, token, room, ...rest] = url.pathname.split('/');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const job = room === 'jobs' ? site.jobs.get(rest[0] ?? '') : undefined;
  const file = room === 'page' ? site.files.get(rest.join('/')) : undefined;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (token === site.token && file !== undefined && isRead) {
    response.writeHead(200, { 'Content-Type': file.type, 'Content-Security-Policy': POLICY });
    response.end(file.body);
  } else if (token === site.token && job !== undefined && rest[1] === 'input' && isRead) {
    await sendInput(request, response, job.input);
  } else if (token === site.token && job !== undefined && rest[1] === 'output' && request.method === 'POST') {
    await takeOutput(request, response, job.output, url.searchParams.get('position'));
  } else {
    response.writeHead(404).end();
  }
}

async function sendInput(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const { size } = await stat(path);
  const range = byteRangeOf(request.headers.range, size);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Type', 'application/octet-stream');
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
    return;
  }
  const { first, last } = range === 'whole' ? { first: 0, last: size - 1 } : range;
  if (range !== 'whole') response.setHeader('Content-Range', `bytes ${first}-${last}/${size}`);
  response.writeHead(range === 'whole' ? 200 : 206, { 'Content-Length': last - first + 1 });
  if (request.method === 'HEAD' || size === 0) response.end();
  else await pipeline(createReadStream(path, { start: first, end: last }), response);
}

async function takeOutput(
  request: IncomingMessage,
  response: ServerResponse,
  output: ClipOutput,
  text: string | null,
): Promise<void> {
  const begin = Number(text);
  if (text === null || !/^\d+$/.test(text) || !Number.isSafeInteger(begin)) {
    response.writeHead(400).end(`position must be a whole number of bytes, got ${text || 'nothing'}`);
    return;
  }
  try {
    let position = begin;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      await output.write(chunk, position);
      position += chunk.byteLength;
    }
    response.writeHead(204).end();
  } catch (error) {
    // Whoever owns the output knows why; the page has to know that it is over.
    response.writeHead(507).end(messageOf(error));
  }
}

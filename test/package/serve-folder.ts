/** Serves a built application as a careful host would: a strict policy on every answer, and an ear for what breaks it. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

export const POLICY = "default-src 'self'";

const REPORTS = '/policy-reports';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

export type Served = Readonly<{
  url: string;
  /** What the browser reported, of the page and of its workers. */
  reports: readonly string[];
  /** Paths that were asked for and are not there. */
  missing: readonly string[];
  close: () => Promise<void>;
}>;

export async function serveFolder(folder: string): Promise<Served> {
  const reports: string[] = [];
  const missing: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    response.setHeader('Content-Security-Policy', `${POLICY}; report-uri ${REPORTS}`);
    if (path === REPORTS) {
      let text = '';
      request.on('data', (part) => (text += String(part)));
      request.on('end', () => {
        reports.push(text);
        response.writeHead(204).end();
      });
      return;
    }
    const file = path.endsWith('/') ? `${path}index.html` : path;
    readFile(join(folder, normalize(file))).then(
      (body) => {
        response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
        response.end(body);
      },
      () => {
        if (path !== '/favicon.ico') missing.push(path);
        response.writeHead(404).end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    reports,
    missing,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

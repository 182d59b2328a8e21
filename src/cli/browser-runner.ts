/**
 * Makes clips in a headless Chromium, each in a page of its own, with storage and connections of its own. Owns the
 * browser and the server that its pages come from. A browser that dies takes its clips along; the next clip starts another.
 */
import process from 'node:process';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PipelineError, deserializeError } from '../core/errors.ts';
import type { ClipProgress } from '../clips/clip-types.ts';
import { NoBrowser, type ClipResult, type ClipRunner, type RunContext } from './clip-runner.ts';
import { startClipServer, type ClipServer } from './clip-server.ts';
import type { ClipTask } from './clip-task.ts';
import { messageOf } from './message-of.ts';
import { readPageFiles } from './page-files.ts';
import type { PageJob, PageResult, PageScope } from './page-protocol.ts';

/** A busy machine takes its time for a first page. */
const OPEN_LIMIT_MS = 120_000;
const INSTALL = "'npx playwright-core install chromium' downloads one";

/**
 * @param pageRoot the folder of the page that was built.
 * @throws NoBrowser
 */
export async function openBrowserRunner(pageRoot: string): Promise<ClipRunner> {
  const executablePath = await findBrowser();
  const browser = await launch(executablePath);
  const server = await startClipServer(readPageFiles(pageRoot));
  return new BrowserRunner(executablePath, browser, server);
}

async function findBrowser(): Promise<string> {
  const { findChromium, NoChromium } = await import('../../scripts/find-chromium.mjs');
  const { chromium } = await import('playwright-core');
  try {
    return await findChromium({}, { downloaded: () => Promise.resolve(chromium.executablePath()) });
  } catch (error) {
    if (!(error instanceof NoChromium)) throw error;
    throw new NoBrowser(`${error.message}; ${INSTALL}`, { cause: error });
  }
}

/** @throws NoBrowser */
async function launch(executablePath: string): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const { chromiumArgs } = await import('../../scripts/chromium-args.mjs');
  try {
    return await chromium.launch({
      executablePath,
      args: chromiumArgs(process.env),
      headless: true,
      // Signals are ours: clips end first.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    const [line = ''] = messageOf(error).split('\n');
    throw new NoBrowser(`${executablePath} could not be started: ${line}`, { cause: error });
  }
}

class BrowserRunner implements ClipRunner {
  readonly #executablePath: string;
  readonly #server: ClipServer;
  #browser: Promise<Browser>;

  constructor(executablePath: string, browser: Browser, server: ClipServer) {
    this.#executablePath = executablePath;
    this.#browser = Promise.resolve(browser);
    this.#server = server;
  }

  async run(task: ClipTask, { output, onProgress, signal }: RunContext): Promise<ClipResult> {
    const { inputUrl, outputUrl, end } = this.#server.serve({ input: task.input, output });
    let context: BrowserContext | undefined;
    try {
      context = await this.#newContext();
      const { graph, settings, range, onError } = task;
      const job: PageJob = { inputUrl, outputUrl, graph, output: settings, range, onError };
      const result = await unlessAborted(this.#runInPage(context, job, onProgress), signal);
      if ('error' in result) throw deserializeError(result.error);
      return result.clip;
    } catch (error) {
      throw signal.aborted ? abortFault() : error;
    } finally {
      end();
      await context?.close().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    const browser = await this.#browser.catch(() => undefined);
    await browser?.close().catch(() => undefined);
    await this.#server.close();
  }

  async #newContext(): Promise<BrowserContext> {
    const started = this.#browser;
    // Several clips may see at once that it is gone: the first of them starts another.
    if (!(await started).isConnected() && this.#browser === started)
      this.#browser = launch(this.#executablePath);
    // Of its own: pages that share one share its six connections too, and would wait for each other's.
    return (await this.#browser).newContext();
  }

  async #runInPage(
    context: BrowserContext,
    job: PageJob,
    onProgress: (progress: ClipProgress) => void,
  ): Promise<PageResult> {
    await context.exposeFunction('reportProgress', onProgress);
    const page = await context.newPage();
    await page.goto(this.#server.pageUrl, { timeout: OPEN_LIMIT_MS });
    try {
      return await Promise.race([makeClip(page, job), crash(page)]);
    } catch (error) {
      throw new PipelineError('worker-crashed', 'the browser ended before the clip was whole', {
        cause: error,
      });
    }
  }
}

function makeClip(page: Page, job: PageJob): Promise<PageResult> {
  return page.evaluate((text) => {
    const { makeClip: make } = globalThis as unknown as PageScope;
    if (make === undefined) throw new Error('the page did not load');
    return make(JSON.parse(text) as PageJob);
  }, JSON.stringify(job));
}

function crash(page: Page): Promise<never> {
  return new Promise((_resolve, reject) => {
    page.once('crash', () => {
      reject(new Error('the page crashed'));
    });
  });
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(abortFault());
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

const abortFault = (): PipelineError => new PipelineError('aborted', 'interrupted');

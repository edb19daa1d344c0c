import type { Plugin } from 'esbuild';

/** For esbuild. */
export declare const browserText: Plugin;

/** For Vite, and so for vitest. */
export declare const viteBrowserText: {
  readonly name: string;
  readonly enforce: 'pre';
  readonly resolveId: (source: string, importer?: string) => string | undefined;
  readonly load: (id: string) => string | undefined;
};

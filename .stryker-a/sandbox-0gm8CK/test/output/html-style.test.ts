import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { SCRIPT } from '../../src/output/html/client.ts';
import { STYLE } from '../../src/output/html/style.ts';

const luminance = (colour: string): number => {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

const contrast = (a: string, b: string): number => {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};

describe('STYLE', () => {
  const themes = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(
    ([, block = '']) =>
      new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])),
  );
  const verdicts = ['ready', 'blocked', 'undetermined', 'unreachable'];
  const grounds = (names: readonly string[], ground: string) => names.map((name) => [name, ground] as const);
  const least = (pairs: readonly (readonly [string, string])[]): readonly string[] =>
    themes.flatMap((theme, i) =>
      pairs.map(([front, back]) => {
        const [a = '', b = ''] = [theme.get(`--${front}`), theme.get(`--${back}`)];
        return `theme ${i}: ${front} on ${back} ${a && b ? contrast(a, b).toFixed(2) : 'is not set'}`;
      }),
    );
  const below = (lines: readonly string[], limit: number) =>
    lines.filter((line) => !(Number(line.split(' ').at(-1)) >= limit));

  it('has a theme for light, dark and paper', () => {
    expect(themes).toHaveLength(3);
  });

  it('has four and a half to one of contrast for text, wherever it stands', () => {
    const pairs = [
      ...grounds(['text', 'soft', 'link', 'ready', 'blocked', 'undetermined'], 'ground'),
      ...grounds(['text', 'soft', 'link', 'ready', 'blocked', 'undetermined'], 'sheet'),
      ...verdicts.map((name) => [name, `${name}-ground`] as const),
    ];
    expect(below(least(pairs), 4.5)).toEqual([]);
  });

  it('has three to one for pictures and the edges of controls (WCAG 2.2, 1.4.11)', () => {
    expect(
      below(least(grounds(['fill-ready', 'fill-blocked', 'fill-undetermined', 'faint'], 'ground')), 3),
    ).toEqual([]);
  });
});

describe('SCRIPT', () => {
  it('holds no mistake that the checker of TypeScript finds', { timeout: 60_000 }, () => {
    const config = ts.getParsedCommandLineOfConfigFile(
      'tsconfig.browser.json',
      { noEmit: true },
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
          throw new Error(ts.flattenDiagnosticMessageText(messageText, ' '));
        },
      },
    );
    const files = config?.fileNames ?? [];
    expect(files.filter((file) => file.endsWith('/page.ts') || file.endsWith('/live-runs.ts'))).toHaveLength(
      2,
    );
    const found = ts
      .getPreEmitDiagnostics(ts.createProgram(files, config?.options ?? {}))
      .map(
        ({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      );
    expect(found).toEqual([]);
  });

  it('is one script without imports, which strict mode takes', () => {
    const file = ts.createSourceFile('script.js', SCRIPT, ts.ScriptTarget.ES2022, true);
    expect(file.statements.some(ts.isImportDeclaration)).toBe(false);
    expect(() => new Function(SCRIPT)).not.toThrow();
    expect(SCRIPT).toMatch(/^['"]use strict['"];/);
  });
});
